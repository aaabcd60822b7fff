"""Submissions that attack the grader, each graded for real at every level of protection.

One file in `submissions/<family>/` is one attack. Its first line says what it tries, the comments below say what
comes of it (`attack.py` has the words); the rest replaces the body of one function of the reference, so that every
other task must keep its marks. `python -m tests.attacks` prints what came of each as a table.
"""
