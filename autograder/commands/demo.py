"""`bptt demo`: the whole job on the class of samples that comes with the assignment, or that the kit makes itself."""

from pathlib import Path

import click

from autograder.commands.common import plain_errors, resumable, screen

_RESULTS = Path("demo-results")
_MUTANTS = 8  # in a class that the kit makes itself


@click.command()
def demo() -> None:
    """Show the whole job on a bundled class, in ./demo-results."""
    with resumable(), plain_errors():
        complete = _run_demo()
    raise SystemExit(0 if complete else 1)


def _run_demo() -> bool:
    """Release the handout and grade the sample class; return whether every sample submission has a mark."""
    from autograder.cases.case_sets import NoCases
    from autograder.cases.secret import RequestError
    from autograder.commands.order import Order
    from autograder.commands.run import grade_folder
    from autograder.handout.release import HandoutError, release
    from autograder.model.loading import loaded
    from autograder.reports import say

    handout, shown = _RESULTS / "assignment", screen()
    try:
        release(handout)
        samples = loaded().samples or _made(_RESULTS / "class")
    except (HandoutError, NoCases, OSError) as error:
        raise RequestError(f"the handout of the demo can't be written: {error}") from error
    say(shown.log, f"Released the handout, which is what students get: {handout}")
    say(shown.log, f"Grading the sample class: {samples}")
    # These submissions are ours: where nothing but limits is to be had, the line about the sandbox says so.
    return grade_folder(Order(samples, _RESULTS, unprotected=True, regrade=True), shown)


def _made(folder: Path) -> Path:
    """Write a class for an assignment that brings none: the reference, the stub, and mutants of the reference."""
    from autograder.cases.mutants import some_mutants
    from autograder.handout.release import stub
    from autograder.model.loading import loaded

    source = loaded().source()
    texts = {"reference": source, "stub": stub(source)}
    texts |= {f"mutant-{n}": f"# {mutant.what}\n{mutant.text}" for n, mutant in enumerate(some_mutants(_MUTANTS), 1)}
    for name, text in texts.items():
        path = folder / name / f"{loaded().module}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
