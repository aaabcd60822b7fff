"""With what marks were made: what of it decides a mark, how two runs differ, and how it is told."""

from typing import Any

import msgspec
import pytest

from autograder.model.settings import Settings, TaskSettings
from autograder.results.made import Made, differences, made, run_lines

PLAIN = Made("bptt-kit 1", "3.11.1", "2.4", Settings().in_force(), "seeds", secret=False)
KIT = "the version of the kit, of Python or numpy (0, now 1)"


def with_other(**changes: Any) -> Made:
    """Return a run that was made otherwise; `settings` are given as for a course."""
    if "settings" in changes:
        changes["settings"] = Settings(**changes["settings"]).in_force()
    return msgspec.structs.replace(PLAIN, **changes)


def without(*tasks: str) -> dict[str, Any]:
    return {"tasks": {task: TaskSettings(enabled=False) for task in tasks}}


DIFFERENCES: list[tuple[Made | None, Made, list[str]]] = [
    (PLAIN, PLAIN, []),
    (with_other(python="3.12.0", numpy="1.26"), PLAIN, []),
    (None, PLAIN, ["the version of the kit (the stored verdicts are of an older one)"]),
    (with_other(kit="bptt-kit 0"), PLAIN, [KIT]),
    (
        with_other(assignment="/a", kit="bptt-kit 0"),
        PLAIN,
        ["the assignment (/a, now the kit's own; bptt --assignment DIR grade …)"],
    ),
    (PLAIN, with_other(assignment="/b"), ["the assignment (the kit's own, now /b; bptt --assignment DIR grade …)"]),
    (
        with_other(secret=True, seeds="other"),
        PLAIN,
        ["the seed secret (the stored verdicts were made with one, and none is given: --seed-secret)"],
    ),
    (
        PLAIN,
        with_other(secret=True, seeds="other"),
        ["the seed secret (the stored verdicts were made without one)"],
    ),
    (
        with_other(secret=True, seeds="one"),
        with_other(secret=True, seeds="other"),
        ["the seed secret (it is another one, or the key is lost by which secrets are compared)"],
    ),
    (with_other(secret=True), with_other(secret=True), []),
    (PLAIN, with_other(seeds="other"), ["the seeds (the key to compare them is lost)"]),
    (
        with_other(seeds="other", settings={"seed": 7}),
        PLAIN,
        ["the settings (seed: 7, now 0; --config)"],
    ),
    (
        with_other(kit="bptt-kit 0", settings={"tasks": {"bptt_W": TaskSettings(points=12.5)}}),
        PLAIN,
        [KIT, "the settings (points.bptt_W: 12.5, now 15; --config)"],
    ),
    (
        with_other(settings=without("softmax")),
        with_other(settings=without("forward")),
        ["the settings (points.forward: 15, now not graded, points.softmax: not graded, now 8; --config)"],
    ),
    (
        with_other(settings=without(*list(PLAIN.settings["points"])[:7])),
        PLAIN,
        [
            "the settings ("
            + ", ".join(
                f"points.{name}: not graded, now {PLAIN.settings['points'][name]:g}"
                for name in sorted(list(PLAIN.settings["points"])[:7])[:6]
            )
            + ", and 1 more; --config)"
        ],
    ),
]


@pytest.mark.parametrize(("old", "new", "told"), DIFFERENCES)
def test_what_differs_is_named(old: Made | None, new: Made, told: list[str]) -> None:
    """The assignment, the kit, the secret, and each setting with both values; what decides no mark is not told."""
    assert list(differences(old, new)) == told


@pytest.mark.parametrize(
    ("changes", "decides"),
    [
        ({"kit": "x"}, True),
        ({"settings": {"seed": 7}}, True),
        ({"seeds": "x"}, True),
        ({"assignment": "/a"}, True),
        ({"python": "x"}, False),
        ({"numpy": "x"}, False),
        ({"secret": True}, False),
    ],
)
def test_what_decides_a_mark_is_in_the_digest(changes: dict[str, Any], decides: bool) -> None:
    """Equal digests, equal verdicts on equal work; versions are in the kit's own mark, the secret in the seeds'."""
    assert (with_other(**changes).digest != PLAIN.digest) == decides


def test_seeds_are_told_apart_by_who_has_the_key_alone() -> None:
    """Nothing of a secret can be read or guessed from what is kept."""
    one, again = (made(Settings(), "seed and secret", b"k" * 32, secret=True) for _ in range(2))
    assert one == again
    assert one.seeds != made(Settings(), "seed and another", b"k" * 32, secret=True).seeds
    assert one.seeds != made(Settings(), "seed and secret", b"l" * 32, secret=True).seeds
    assert "secret" not in one.seeds


RUN: dict[str, Any] = {
    "begun": "2026-11-20T10:00:00+00:00",
    "version": "1.0",
    "kit": "bptt-kit abc",
    "python": "3.11.1",
    "numpy": "",
    "assignment": "",
    "settings": {"seed": 3, "points": {"softmax": 5.0, "forward": 7.5}, "limits": {"memory_mb": 64}, "variant": {}},
    "late": {"due": None, "extensions": {}},
    "seed_identity": "f00",
    "seed_secret": False,
    "protection": "",
}


def test_a_run_is_told_in_lines() -> None:
    """Each fact with its label; what was not recorded is left out."""
    assert run_lines(RUN) == [
        ("Begun", "2026-11-20T10:00:00+00:00"),
        ("Kit", "1.0 (abc)"),
        ("Python", "3.11.1"),
        ("Points", "softmax 5, forward 7.5"),
        ("Other settings", "seed 3, limits.memory_mb 64"),
        ("Late work", "no due time"),
        ("Seeds", "f00 (keyed hash; without a secret)"),
    ]
    more = {"late": {"due": "2026-11-21", "extensions": {"ana": 1, "ben": 2}}, "seed_secret": True, "assignment": "/a"}
    told = dict(run_lines(RUN | more))
    assert told["Late work"] == "due 2026-11-21; 2 extensions"
    assert told["Seeds"] == "f00 (keyed hash; with a secret)"
    assert told["Assignment"] == "/a"
    of_an_older_kit = dict(run_lines(RUN | {"kit": ""}))
    assert not of_an_older_kit.keys() & {"Kit", "Seeds"}
