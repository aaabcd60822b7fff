"""What an edit of the reference is called for a student: the field's term, and nothing of the line."""

#: How an edit is described, or how its description begins or ends, and the term; the first that fits counts.
_TERMS = tuple(
    (what, term)
    for term, _, all_of in (
        line.partition(": ")
        for line in """\
a sign: another sign, sign dropped, returned opposite sign, returned absolute
an operator: another operator
the order of two factors or terms: operands swapped
a term or a factor: operand dropped, returned twice, returned nearly, returned nearer
a comparison: another comparison, always True, always False, the last of the largest
a choice between words: another word
a number: became
a transpose: transposed, returned transposed
the type of what is returned: as a list, as whole, as complex, in a tuple, a copy
the precision of what is returned: returned as float, returned rounded, returned in Fortran
a limit of what is returned: returned clipped, returned without nan
the shape of what is returned: returned with another axis, returned flat, returned of the first, returned the first
the order of what is returned: returned reversed
an argument that is changed: writes into
a row that is one step off: the next row, the previous row
an index or a slice: not indexed, another slice
an axis: another axis, axis 0, axis 1, axis None, without axis
a reduction: not reduced, sum for, mean for, max for, min for, prod for, cumsum for
the order or the number of items: in the other order, first item dropped, last item dropped
the order of arguments: arguments swapped
the steps of a loop: the first step, the last step, other direction, in the loop
an argument that is missing: last argument dropped, without
a function that is not called: not called
a condition: body always
a line that is missing: statement dropped
what is added up: = became +=
memory that is shared: in a view
a function or a variable: for""".splitlines()
    )
    for what in all_of.split(", ")
)


def term(what: str) -> str:
    """Return the term for an edit as `edits` describes it: "step: operands swapped in 'a @ b'"."""
    described = what.partition(": ")[2].partition(" in '")[0].partition(' in "')[0]
    return next(term for words, term in _TERMS if words in described)
