"""`bptt demo`: the whole job on the class of sample submissions that comes with the assignment."""

from pathlib import Path

import click

from autograder.commands.common import plain_errors, resumable, screen

_RESULTS = Path("demo-results")


@click.command()
def demo() -> None:
    """Show the whole job on a bundled class, in ./demo-results."""
    with resumable(), plain_errors():
        complete = _run_demo()
    raise SystemExit(0 if complete else 1)


def _run_demo() -> bool:
    """Release the handout and grade the sample class; return whether every sample submission has a mark."""
    from autograder.cases.secret import RequestError
    from autograder.commands.order import Order
    from autograder.commands.run import grade_folder
    from autograder.handout.release import HandoutError, release
    from autograder.model.loading import loaded
    from autograder.reports import say

    samples, handout, shown = loaded().samples, _RESULTS / "assignment", screen()
    if samples is None:
        raise RequestError(f"{loaded().folder} has no folder samples: there is no class to show")
    try:
        release(handout)
    except (HandoutError, OSError) as error:
        raise RequestError(f"the handout of the demo can't be written: {error}") from error
    say(shown.log, f"Released the handout, which is what students get: {handout}")
    say(shown.log, f"Grading the sample class: {samples}")
    # These submissions are ours: where nothing but limits is to be had, the line about the sandbox says so.
    return grade_folder(Order(samples, _RESULTS, unprotected=True, regrade=True), shown)
