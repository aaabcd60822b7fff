"""The forms in which a class's work comes: what tells each of them, and how it is read.

What lives here: one module per form, which says whose each file is. What may not: the choice among files, which
is one for all of them (`autograder.submissions.choose`).
"""
