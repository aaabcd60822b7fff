"""Print what came of every attack as a table of Markdown: `python -m tests.attacks [PART OF A NAME …]`."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.sandbox.host.levels import Level
from autograder.sandbox.host.protect import examination
from autograder.sandbox.host.supervisor import Supervisor
from autograder.submissions import Unreadable, read_source, survey
from tests.attacks.attack import Attack, attacks
from tests.attacks.files import make_class
from tests.attacks.ground import Ground
from tests.attacks.workers import LEVELS, machine_of, strike, worker_of
from tests.conftest import lost
from tests.locked import here

SHOWN = 3  # tasks that are named in one cell


def main(parts: list[str]) -> None:
    """Try everything, one level after the other, and print."""
    chosen = [attack for attack in attacks() if not parts or any(part in attack.name for part in parts)]
    columns = {level: dict(outcomes(level, chosen)) for level in LEVELS}
    print("\n".join(f"    {line}" for line in examination(here())), end="\n\n")
    print(f"| attack | tries | {' | '.join(LEVELS)} |\n|---|---|{'---|' * len(LEVELS)}")
    for attack in chosen:
        cells = (columns[level][attack.name] for level in LEVELS)
        print(f"| {attack.name} | {attack.tries} | {' | '.join(cells)} |")
    if not parts:
        print("\n| hand-in | tries | what is made of it |\n|---|---|---|")
        for row in files():
            print(f"| {' | '.join(row)} |")


def outcomes(level: Level, chosen: list[Attack]) -> Iterator[tuple[str, str]]:
    """Yield (attack, what came of it) at a level."""
    machine = machine_of(level)
    if machine is None:
        yield from ((attack.name, "not on this machine") for attack in chosen)
        return
    with Ground() as ground, worker_of(machine) as worker:
        for attack in chosen:
            print(f"{level}: {attack.name}", file=sys.stderr)
            yield attack.name, outcome(attack, level, worker, ground)


def outcome(attack: Attack, level: Level, worker: Supervisor, ground: Ground) -> str:
    """Try one attack, and say what came of it."""
    reason = attack.expected(level).not_tried
    if reason:
        return f"not tried: {reason}"
    struck = strike(attack, worker, ground)
    if struck.next_verdict.score != 100:
        return "**harms the next submission**"
    if struck.effects:
        return f"**gets through**: {', '.join(sorted(struck.effects))}"
    return said(struck.verdict)


def said(verdict: Verdict) -> str:
    """Return what an attack cost, and whether the instructor sees a flag or a remark."""
    states = lost(verdict)
    cost = ", ".join(f"{task} {state}" for task, state in states.items()) or "costs nothing"
    if len(states) > SHOWN:
        cost = f"{len(states)} tasks {', '.join(sorted(set(states.values())))}"
    status = f" ({verdict.status})" if verdict.status != "graded" else ""
    seen = "; flagged" if verdict.flags else "; remarked" if verdict.notes else ""
    return cost + status + seen


def files() -> Iterator[tuple[str, str, str]]:
    """Yield (name, what it tries, what becomes of it) for hand-ins that are looked at before anything runs."""
    with tempfile.TemporaryDirectory() as place:
        made = make_class(Path(place) / "class")
        found = {submission.student_id: submission for submission in survey(Path(place) / "class").submissions}
        for attack in made:
            submission = found[attack.name]
            what = submission.problem or "nothing was handed in"
            if submission.path is not None and not submission.problem:
                try:
                    read_source(submission.path, Settings().limits.file_bytes)
                    what = f"read, and graded in the worker: {attack.status}"
                except Unreadable as error:
                    what = str(error)
            yield attack.name, attack.tries, what.replace(place, "…").replace("|", "\\|")


if __name__ == "__main__":
    main(sys.argv[1:])
