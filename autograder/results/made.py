"""With what marks were made: the kit, the settings in force, and which seeds; and how two such differ. No I/O."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from platform import python_version
from typing import Any

import msgspec

from autograder import __version__
from autograder.model.identity import kit_identity
from autograder.model.loading import place
from autograder.model.settings import Settings

_NAMED = 6  # settings that are told


class Made(msgspec.Struct, frozen=True):
    """All that decides a mark beside the work itself."""

    kit: str
    python: str
    numpy: str
    settings: dict[str, Any]
    seeds: str  # a keyed hash: whoever reads it can try no guess at the secret on it
    secret: bool
    assignment: str = ""  # its folder; "" is the one that comes with the kit

    @property
    def digest(self) -> str:
        """What stands for it: equal digests, equal verdicts on equal work."""
        parts = [self.kit, self.settings, self.seeds, self.assignment]
        return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()


def made(settings: Settings, seeds: str, key: bytes, *, secret: bool) -> Made:
    """Return with what a run makes its marks.

    `seeds` tells its seeds from others, see `case_sets.seed_identity`; `key` is random bytes kept with the results.
    """
    identity = hmac.new(key, seeds.encode(), hashlib.sha256).hexdigest()
    return Made(kit_identity(), python_version(), version("numpy"), settings.in_force(), identity, secret, place())


def run_document(found: Made | None, settings: Settings, begun: str, protection: str) -> dict[str, Any]:
    """Return `run.json`: when, with what and under which protection the marks of the last run were made."""
    found = found or Made("", "", "", {}, "", False)  # it was not recorded
    return {
        "schema": "bptt-kit/run/v1",
        "begun": begun,
        "version": __version__,
        "kit": found.kit,
        "python": found.python,
        "numpy": found.numpy,
        "assignment": found.assignment,
        "settings": found.settings,
        "late": settings.late.model_dump(mode="json"),
        "seed_identity": found.seeds,
        "seed_secret": found.secret,
        "protection": protection,
    }


def differences(old: Made | None, new: Made) -> Iterator[str]:
    """Yield what differs between stored verdicts and a run, in words; None for verdicts of an older version."""
    if old is None:
        yield "the version of the kit (the stored verdicts are of an older one)"
        return
    if old.assignment != new.assignment:
        here, now = old.assignment or "the kit's own", new.assignment or "the kit's own"
        yield f"the assignment ({here}, now {now}; bptt --assignment DIR grade …)"
        return
    if old.kit != new.kit:
        yield f"the version of the kit, of Python or numpy ({_short(old.kit)}, now {_short(new.kit)})"
    if old.secret and not new.secret:
        yield "the seed secret (the stored verdicts were made with one, and none is given: --seed-secret)"
    elif new.secret and not old.secret:
        yield "the seed secret (the stored verdicts were made without one)"
    elif old.seeds != new.seeds and old.settings.get("seed") == new.settings.get("seed"):
        another = "the seed secret (it is another one, or the key is lost by which secrets are compared)"
        yield another if new.secret else "the seeds (the key to compare them is lost)"
    changed = list(_changed(old.settings, new.settings))
    if changed:
        more = f", and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
        yield f"the settings ({', '.join(changed[:_NAMED])}{more}; --config)"


def _short(kit: str) -> str:
    return kit.removeprefix("bptt-kit ")


def _changed(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) or isinstance(after, dict):
            yield from _changed(before or {}, after or {}, f"{prefix}{key}.")
        elif before != after:
            yield f"{prefix}{key}: {_value(before)}, now {_value(after)}"


def _value(value: Any) -> str:
    return "not graded" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
