"""The grader of bptt-kit.

Data flows one way, and a module imports from its left, never from its right:

    submissions → cases (plans) → sandbox → judge → verdict → store → reports, exports

What lives here: everything that runs on the trusted side, which alone knows the reference. The one
exception is `sandbox/worker/`, the program that runs student code: it knows nothing of tasks or answers.
What may not: student code is never imported, compiled or unpickled outside `sandbox/worker/`.
"""

__version__ = "0.1.0"
