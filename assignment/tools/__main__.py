"""`python -m tools gradient_check W`, and so on, for the rnn.py of this folder."""

import argparse
import sys

from selfcheck.functions import piped, show

from . import curves, gradients, norms, steps


def main() -> int:
    """Run what was asked for. Returns the exit status: 0, or 1 where something is missing."""
    parser = argparse.ArgumentParser(prog="python -m tools", description="Look into the functions of your rnn.py.")
    tools = parser.add_subparsers(dest="tool", metavar="TOOL", required=True)
    check = tools.add_parser("gradient_check", help="your gradient and the numerical one, entry by entry")
    check.add_argument("name", help="U, W, V, b, c, or a function such as bptt_W or hidden_jacobian")
    trace = tools.add_parser("trace", help="every number of one step")
    trace.add_argument("t", type=int, help=f"the step, 1 to {steps.STEPS}")
    plots = {"gradient_norms": (norms, "the norm of dh_t/dh_k"), "learning_curve": (curves, "the loss while learning")}
    for name, (module, what) in plots.items():
        plot = tools.add_parser(name, help=what)
        plot.add_argument("--save", metavar="FILE", help=f"the picture (default: {module.NAME})")
    asked = parser.parse_args()
    try:
        if asked.tool == "gradient_check":
            lines = gradients.lines(gradients.find(asked.name), {})
        elif asked.tool == "trace":
            lines = steps.lines(steps.find(asked.t), {})
        else:
            lines = plots[asked.tool][0].lines(asked.save, {})
    except ValueError as error:
        parser.error(str(error))
    return 0 if show(lines) else 1


sys.exit(piped(main))
