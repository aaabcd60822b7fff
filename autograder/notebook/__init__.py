"""The notebook edition of the assignment: `rnn.ipynb`, made from `solutions/rnn.py` and the rubric.

What lives here: formulas as LaTeX, figures as SVG, cells, and the order in which they stand.
What may not: a text or a formula that a docstring of the reference already has.

    latex       a formula of a docstring as LaTeX
    figure      networks unrolled in time as SVG
    sections    the chapters of the notebook: titles, introductions, figures
    reference   `solutions/rnn.py` cut into the pieces that become cells
    use         the chapter of the lecture's examples, and the tools
    edition     the pieces as a notebook
"""

from autograder.notebook.edition import Cell, as_json, cell_node, cells, notebook_text

__all__ = ["Cell", "as_json", "cell_node", "cells", "notebook_text"]
