"""Which submissions share what few others do: evidence for a person to look at, and no accusation.

What lives here: shared text, shared wrong answers, and the page of pairs, for the instructor alone. What may not:
anything that decides a mark, or that a student's feedback shows.
"""
