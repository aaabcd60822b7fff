"""The lecture's examples, on your own functions: type `python -m examples` in this folder.

What lives here: the table of the examples, what unlocks them, how a network learns with your functions,
and one module for each example. What may not: a forward pass or a gradient; those are yours.

    table        the examples: the tasks that each needs, what it learns, its slide
    unlock       which of those tasks are not done yet
    learning     a first network, gradients and steps, all by your functions
    completion, melody, sentiment, surya_namaskar, translation    the examples
    run          one example from its name
    notebook     the same inside a notebook: `example("completion")`
    output/      what each prints with a finished rnn.py
"""

from .table import EXAMPLES, Example

__all__ = ["EXAMPLES", "Example"]
