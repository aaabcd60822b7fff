"""`python -m examples` lists the examples, and `python -m examples completion` runs one of them."""

import argparse
import sys
from collections.abc import Iterator

from selfcheck.functions import piped, show, student_of

from .run import NoSuchExample, find, lines
from .table import EXAMPLES
from .unlock import missing


def main() -> int:
    """Run what was asked for. Returns the exit status: 0, or 1 where a task is missing."""
    parser = argparse.ArgumentParser(prog="python -m examples", description="The lecture's examples on your rnn.py.")
    parser.add_argument("name", nargs="?", help=f"{', '.join(example.name for example in EXAMPLES)}")
    name = parser.parse_args().name
    if name is None:
        return 0 if show(_overview()) else 1
    try:
        chosen = find(name)
    except NoSuchExample as error:
        parser.error(str(error))
    return 0 if show(lines(chosen, {})) else 1


def _overview() -> Iterator[str]:
    student = student_of({})
    for example in EXAMPLES:
        left = missing(student, example.needs)
        state = f"locked, {len(left)} of {len(example.tasks)} tasks are not done" if left else "ready"
        yield f"{example.name:<16} {example.title:<24} {state}"
    yield "Run one: python -m examples NAME"


sys.exit(piped(main))
