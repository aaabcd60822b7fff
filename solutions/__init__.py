"""The reference solution: the one source from which the handout is made.

What lives here: `rnn.py`, a complete answer to every task, written to be read; `handout/`, the
self-check and texts that go to students beside the stubs; `samples/`, a class of submissions for `bptt demo`,
with `samples.toml`, which says what each is and must get; and `styles/`, right submissions for the audit.
What may not: grading logic (that is `autograder/`), and anything that `solutions/rnn.py` would need
beyond numpy and the standard library.

Nothing in this folder may reach a student before the deadline, except through `bptt release`.
"""
