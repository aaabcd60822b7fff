"""`bptt demo`: the whole job on the class of sample submissions that comes with the kit."""

from pathlib import Path

from autograder.assignment import loaded
from autograder.cases.secret import RequestError
from autograder.commands.run import grade_folder
from autograder.grading.order import Order, Screen
from autograder.handout.release import HandoutError, release
from autograder.reports import say

_RESULTS = Path("demo-results")


def run_demo(screen: Screen) -> bool:
    """Release the handout and grade the sample class, both into `demo-results/` of the current folder.

    Returns:
        Whether every sample submission has a mark.

    Raises:
        RequestError: somebody has worked in the handout of an earlier demo.
        StoreError: the results can't be written.
    """
    samples, handout = loaded().samples, _RESULTS / "assignment"
    if samples is None:
        raise RequestError(f"{loaded().folder} has no folder samples: there is no class to show")
    try:
        release(handout)
    except (HandoutError, OSError) as error:
        raise RequestError(f"the handout of the demo can't be written: {error}") from error
    say(screen.log, f"Released the handout, which is what students get: {handout}")
    say(screen.log, f"Grading the sample class: {samples}")
    # These submissions are ours: where nothing but limits is to be had, the line about the sandbox says so.
    return grade_folder(Order(samples, _RESULTS, unprotected=True, regrade=True), screen)
