"""Answers for a student who asks: their feedback in the terminal, and their wrong answers to be run again by hand.

What lives here: how a name is looked up, how the graded work is found again, and the folder of a replay. What may
not: anything that changes a mark.
"""
