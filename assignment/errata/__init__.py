"""Reading the slides with a gradient checker: what the lecture prints, against derivatives of your own loss.

    python -m errata                 all of them
    python -m errata direct-term     one, by its name

What lives here: each formula as printed, evaluated as it stands, and a numerical derivative beside it. What
does not: how to solve a task. Where your own function is written, its error stands below the printed one's.

    network       the network that is differentiated, with your functions, and central differences
    loss          the readings of the slides on the loss and the readout
    through_time  the readings of the slides on backpropagation through time
    wrappers      the readings of the slides on architectures
    table         the slides, what they print, and what is right
    show          readings as lines of text
    notebook      the same inside a notebook: `errata("direct-term")`
"""
