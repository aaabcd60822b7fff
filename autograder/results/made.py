"""With what marks were made: the kit, the settings in force, and which seeds; and how two such differ. No I/O."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from platform import python_version
from typing import TYPE_CHECKING, Any

import msgspec

from autograder import __version__
from autograder.model.identity import kit_identity
from autograder.model.loading import place
from autograder.model.settings import Settings

if TYPE_CHECKING:
    from autograder.results.store import Store

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


def run_document(store: "Store", *, anonymous: bool = False) -> dict[str, Any]:
    """Return `run.json`: when, with what and under which protection the marks of the last run were made.

    Without names, it lacks the due times of single students.
    """
    found = store.made or Made("", "", "", {}, "", False)  # it was not recorded
    late = store.settings().late.model_dump(mode="json")
    return {
        "schema": "bptt-kit/run/v1",
        "begun": store.begun,
        "version": __version__,
        "kit": found.kit,
        "python": found.python,
        "numpy": found.numpy,
        "assignment": found.assignment,
        "settings": found.settings,
        "late": late | {"extensions": {}} if anonymous else late,
        "seed_identity": found.seeds,
        "seed_secret": found.secret,
        "protection": store.sandbox,
    }


def run_lines(run: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what `run.json` says for a person to read, each with its label; what was not recorded is left out."""
    settings, late = run["settings"], run["late"]
    rest = {key: value for key, value in settings.items() if key not in ("points", "variant")}
    extensions = f"; {len(late['extensions'])} extensions" if late["extensions"] else ""
    found = {
        "Begun": run["begun"],
        "Kit": f"{run['version']} ({_short(run['kit'])})" if run["kit"] else "",
        "Python": run["python"],
        "numpy": run["numpy"],
        "Assignment": run["assignment"],
        "Points": _listed(settings.get("points", {})),
        "Variant": _listed(settings.get("variant", {})),
        "Other settings": _listed(rest),
        "Late work": f"due {late['due']}{extensions}" if late["due"] else "no due time",
        "Seeds": f"{run['seed_identity']} (keyed hash; {'with' if run['seed_secret'] else 'without'} a secret)",
        "Protection": run["protection"],
    }
    return [(label, text) for label, text in found.items() if text and (run["kit"] or label != "Seeds")]


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
    before, after = dict(_flat(old.settings)), dict(_flat(new.settings))
    changed = [
        f"{key}: {_value(before.get(key))}, now {_value(after.get(key))}"
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]
    if changed:
        more = f", and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
        yield f"the settings ({', '.join(changed[:_NAMED])}{more}; --config)"


def _short(kit: str) -> str:
    return kit.removeprefix("bptt-kit ")


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every setting under the name that it has in messages: limits.memory_mb."""
    for key, value in settings.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _listed(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {_value(value)}" for key, value in _flat(settings))


def _value(value: Any) -> str:
    return "not graded" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
