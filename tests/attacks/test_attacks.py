"""Every attack, at every level that this machine has: it costs its author marks, and nobody else anything.

`make test` tries each attack at one of the levels that promise to stop it, `make test-all` at each of them.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from autograder.sandbox.host.levels import Level
from autograder.sandbox.host.supervisor import Supervisor
from tests.attacks.__main__ import main
from tests.attacks.attack import FAMILIES, Attack, attacks
from tests.attacks.ground import Ground, words
from tests.attacks.workers import LEVELS, machine_of, strike, worker_of
from tests.conftest import lost
from tests.locked import needs

ATTACKS = attacks()


def quick_level(attack: Attack) -> Level:
    """Return the level that `make test` tries an attack at: in turns one of those that are to stop it."""
    expected = {level: attack.expected(level) for level in LEVELS}
    stops = [level for level in LEVELS if not expected[level].not_tried and not expected[level].effects]
    return stops[ATTACKS.index(attack) % len(stops)]


TRIED = [
    pytest.param(
        level,
        attack,
        id=f"{level.replace(' ', '_')}-{attack.name}",
        marks=[] if quick_level(attack) == level else pytest.mark.thorough,
    )
    for level in LEVELS
    for attack in ATTACKS
]


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """Secrets, files and sockets that no attack may touch."""
    with Ground() as ground:
        yield ground


@pytest.fixture(scope="module")
def workers(ground: Ground) -> Iterator[Callable[[Level], Supervisor]]:
    """One worker for all attacks of a level: what breaks it breaks the test."""
    with ExitStack() as stack:

        @cache
        def worker(level: Level) -> Supervisor:
            machine = machine_of(level)
            needs(machine is not None, f"this machine does not give the level {level}")
            return stack.enter_context(worker_of(machine))

        yield worker


@pytest.mark.parametrize(("level", "attack"), TRIED)
def test_an_attack_harms_its_author_alone(
    level: Level, attack: Attack, workers: Callable[[Level], Supervisor], ground: Ground
) -> None:
    """Other tasks keep their marks, nothing outside is read, changed or reached, and the next student gets 100."""
    expected = attack.expected(level)
    if expected.not_tried:
        pytest.skip(expected.not_tried)
    worker = workers(level)
    struck = strike(attack, worker, ground)
    verdict = struck.verdict
    assert (struck.next_verdict.score, struck.next_verdict.flags, struck.next_verdict.notes) == (100, (), ())
    assert struck.effects == set(expected.effects)
    if expected.effects:  # the level does not promise to stop it; the attack is a real one
        assert set(lost(verdict)) <= {"bptt_V"}
        return
    assert verdict.status == attack.facts.get("status", "graded"), verdict.message
    if expected.everything:
        assert verdict.score == 0
    else:
        assert expected.allows(lost(verdict)), lost(verdict)
    if f"with {level}" not in attack.facts:
        said = words(verdict)
        assert not attack.says("says") or any(text in said for text in attack.says("says")), said
    if "watched" in worker.spec["layers"]:
        flags, notes = "\n".join(verdict.flags), "\n".join(verdict.notes)
        assert not attack.says("note") or any(text in notes for text in attack.says("note")), notes
        assert any(text in flags for text in attack.says("flag")) if attack.says("flag") else not flags, flags


@pytest.mark.thorough
def test_the_table_has_a_row_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    """It is printed by trying them, one cell for each level."""
    main(["exits/exit_status", "reading/names"])
    rows = [line.split(" | ")[2:] for line in capsys.readouterr().out.splitlines() if line.startswith("| exits/exit")]
    assert len(rows) == 1
    assert len(rows[0]) == len(LEVELS)
    assert "bptt_V crashed |" in rows[0]


def test_there_are_attacks_of_every_family() -> None:
    """At least 60 in all, and three in each family."""
    assert len(ATTACKS) >= 60
    for family in FAMILIES:
        assert len([attack for attack in ATTACKS if attack.family == family]) >= 3, family
