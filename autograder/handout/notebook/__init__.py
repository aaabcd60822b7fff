"""The notebook edition of the assignment, `rnn.ipynb`, and its pages, from `solutions/rnn.py`, rubric and guide.

What lives here: formulas as LaTeX, figures as SVG, cells, and the order in which they stand.
What may not: a text or a formula that a docstring of the reference already has, and what is said of one task alone
(see `solutions.guide`).

    latex       a formula of a docstring as LaTeX
    figure      networks unrolled in time as SVG
    where       the figure that shows where each task lives
    sections    the chapters of the notebook: titles, introductions, figures
    reference   `solutions/rnn.py` cut into the pieces that become cells
    lesson      what the guide says of a task, as Markdown
    misprints   the appendix on the lecture's misprints, as Markdown
    use         the chapter of the lecture's examples, and the tools
    edition     the pieces as a notebook
    page        the pieces as `GUIDE.md` and `ERRATA.md`
"""

from autograder.handout.notebook.edition import Cell, as_json, cell_node, cells, notebook_text
from autograder.handout.notebook.page import guide_files

__all__ = ["Cell", "as_json", "cell_node", "cells", "guide_files", "notebook_text"]
