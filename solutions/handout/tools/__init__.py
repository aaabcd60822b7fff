"""Tools for finding one's own mistake, on your own functions: type `python -m tools` in this folder.

What lives here: what shows numbers and pictures of your functions. What may not: a verdict; `pytest` gives that.

    gradients    gradient_check("W"): your gradient and the numerical one, entry by entry
    steps        trace(2): every number of one step
    norms        gradient_norms(): how fast a gradient vanishes or explodes on its way back
    curves       learning_curve(): the loss while your functions learn the word "deep"
    picture      a plot, where matplotlib is installed

In Python, they use the rnn.py of this folder; in a notebook, the functions of the notebook.
"""

from .curves import learning_curve
from .gradients import gradient_check
from .norms import gradient_norms
from .steps import trace

__all__ = ["gradient_check", "gradient_norms", "learning_curve", "trace"]
