"""`python -m errata [name ...]`: read the slides with the functions in rnn.py."""

import sys
from functools import partial
from pathlib import Path

from selfcheck import CannotImport, load, printable
from selfcheck.functions import piped

from .own import Own, explain
from .show import chosen, read


def main(names: list[str]) -> str | None:
    """Print the readings; return what is wrong with the call, or with rnn.py."""
    try:
        errata = chosen(names)
        rnn = Own(load(Path(__file__).parents[1] / "rnn.py"))
    except (ValueError, CannotImport) as problem:
        return printable(str(problem))
    for line in read(rnn, errata, explain):
        print(printable(line))
    return None


if __name__ == "__main__":
    sys.exit(piped(partial(main, sys.argv[1:])))
