"""Settings of a grading run, from an optional TOML file. Messages about wrong ones are worded from the fields below."""

import difflib
import hashlib
import json
import tomllib
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Self, get_args, get_origin

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializeAsAny,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from autograder.assignment import Task, Variant, loaded, place, use

MEGABYTE = 2**20
_TIME = "a date and time with its offset, such as 2026-11-20T23:59:00+01:00"


class ConfigError(Exception):
    """The settings file can't be used; the message lists everything that is wrong with it."""


def _known_task(task_id: str) -> str:
    if task_id not in loaded().task:
        raise ValueError(task_id)  # worded by `_describe`, which knows where it stands
    return task_id


def _variant(found: object) -> object:
    """Read the table [variant] as the assignment has it."""
    return loaded().variant.model_validate(found) if isinstance(found, dict) else found


class _Table(BaseModel):
    """A TOML table: no unknown keys, no numbers in strings, nothing changes once it is read."""

    # Defaults are validated too, so that a default of 2 and a written 2 are the same 2.0 to `digest`.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_default=True)


class TaskSettings(_Table):
    """What an instructor changes about one task; `points` of None means those of the rubric."""

    points: float | None = Field(default=None, ge=0, le=1000)
    enabled: bool = True


class Limits(_Table):
    """What a submission may use. A megabyte is 2**20 bytes."""

    call_cpu_seconds: float = Field(default=2, gt=0, le=60)
    submission_seconds: float = Field(default=20, gt=0, le=3600)  # over all of its processes
    memory_mb: float = Field(default=1024, ge=128, le=65536)
    file_mb: float = Field(default=10, gt=0, le=100)  # what one student hands in, pictures in a notebook included
    output_mb: float = Field(default=1, gt=0, le=1024)
    reply_mb: float = Field(default=16, gt=0, le=1024)  # what it may hand back, and the grader keeps

    @property
    def memory_bytes(self) -> int:
        """Address space of a process that runs the submission."""
        return round(self.memory_mb * MEGABYTE)

    @property
    def file_bytes(self) -> int:
        """Size of the file that a student hands in."""
        return round(self.file_mb * MEGABYTE)

    @property
    def output_bytes(self) -> int:
        """What a submission may print."""
        return round(self.output_mb * MEGABYTE)

    @property
    def reply_bytes(self) -> int:
        """What a submission may hand back in arrays."""
        return round(self.reply_mb * MEGABYTE)


class FollowThrough(_Table):
    """Credit for an answer that is consistent with the student's own wrong function."""

    cap: float = Field(default=0.7, ge=0, le=1)


class RepeatedMistakes(_Table):
    """What a mistake costs less in every task after the first that it is named in."""

    share: float = Field(default=0, ge=0, le=1)


class LateRule(_Table):
    """What lateness costs; without a due time, nothing."""

    due: AwareDatetime | None = None
    grace_minutes: float = Field(default=0, ge=0, le=100_000)
    per_day: float = Field(default=0.1, ge=0, le=1)
    floor: float = Field(default=0, ge=0, le=1)
    extensions: dict[str, AwareDatetime] = {}

    @model_validator(mode="after")
    def _due_first(self) -> Self:
        others = sorted(self.model_fields_set - {"due"})
        if self.due is None and others:
            raise ValueError(
                f"late: found {', '.join(others)} and no due; expected due = {_TIME}: without it nothing is late"
            )
        return self


class Settings(_Table):
    """Everything an instructor can set. `Settings()` is the assignment as it comes."""

    seed: int = Field(default=0, ge=0, le=2**63 - 1)
    numerical_gradients: Literal["flag", "accept", "reject"] = "flag"
    tasks: dict[Annotated[str, AfterValidator(_known_task)], TaskSettings] = {}
    limits: Limits = Limits()
    follow_through: FollowThrough = FollowThrough()
    repeated_mistakes: RepeatedMistakes = RepeatedMistakes()
    late: LateRule = LateRule()
    variant: Annotated[SerializeAsAny[Variant], BeforeValidator(_variant)] = Field(
        default_factory=lambda: loaded().variant()
    )

    @model_validator(mode="after")
    def _something_to_earn(self) -> Self:
        if self.max_score <= 0:
            raise ValueError("tasks: found no task that is enabled and has points; expected at least one")
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as text, with the assignment that says what a variant is: another process loads that first."""
        return _arrived, (place(), self.model_dump_json(exclude_unset=True))

    def points(self, task_id: str) -> float:
        """Return what the task is worth in this run, whether or not it is enabled."""
        changed = self.tasks.get(task_id, TaskSettings()).points
        return loaded().task[task_id].points if changed is None else changed

    def enabled_tasks(self) -> tuple[Task, ...]:
        """Return the tasks that are graded, in the rubric's order, with the parts that this variant has."""
        tasks = (task for task in loaded().tasks if self.tasks.get(task.id, TaskSettings()).enabled)
        return tuple(map(self.variant.task, tasks))

    def worth(self) -> tuple[Task, ...]:
        """Return the tasks that are graded, with what their parts are worth in this run."""
        return tuple(
            task.with_parts(tuple(part.scaled(self.points(task.id) / task.points) for part in task.parts))
            for task in self.enabled_tasks()
        )

    @property
    def max_score(self) -> float:
        """What a perfect submission earns."""
        return sum(self.points(task.id) for task in self.enabled_tasks())

    def in_force(self) -> dict[str, Any]:
        """Return everything here that decides what the judge says; what lateness takes comes after it.

        These are the values in force, so that writing out a default changes nothing.
        """
        return {
            "seed": self.seed,
            "points": {task.id: float(self.points(task.id)) for task in self.enabled_tasks()},
            "limits": self.limits.model_dump(),
            "numerical_gradients": self.numerical_gradients,
            "follow_through": self.follow_through.model_dump(),
            "repeated_mistakes": self.repeated_mistakes.model_dump(),
            "variant": self.variant.model_dump(exclude={"seed"}),
        }

    def digest(self) -> str:
        """Return a hash of what is in force: equal digests, equal verdicts."""
        return hashlib.sha256(json.dumps(self.in_force(), sort_keys=True).encode()).hexdigest()


def _arrived(assignment: str, text: str) -> Settings:
    use(assignment)
    return Settings.model_validate_json(text)


def load_settings(path: Path | None) -> Settings:
    """Read settings from a TOML file; without one, the assignment is graded as it comes.

    Raises:
        ConfigError: the file can't be read, isn't TOML, or has unknown keys or values out of range.
    """
    if path is None:
        return Settings()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(f"{path} does not exist; leave out --config to grade with the default settings") from None
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}: byte {error.object[error.start]:#04x} in line {line} is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        problems = [_describe(detail) for detail in error.errors()]
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    raise ConfigError("\n  ".join([f"{path} has {count}:", *problems]))


def with_public_seed(settings: Settings, seed: int | None) -> Settings:
    """Return the settings with this seed of the public cases; None leaves theirs."""
    if seed is None:
        return settings
    return settings.model_copy(update={"variant": settings.variant.model_copy(update={"seed": seed})})


def _keys(table: type[_Table], prefix: str = "") -> dict[str, FieldInfo]:
    """Map the dotted name of every key and table that a settings file can have to its field."""
    keys = {}
    for name, field in table.model_fields.items():
        keys[prefix + name] = field
        if isinstance(field.annotation, type) and issubclass(field.annotation, _Table):
            keys |= _keys(field.annotation, f"{prefix}{name}.")
    return keys


def _all_keys() -> dict[str, FieldInfo]:
    tasks = {f"tasks.{task.id}": FieldInfo(annotation=TaskSettings) for task in loaded().tasks}
    values = {key: field for name in tasks for key, field in _keys(TaskSettings, f"{name}.").items()}
    variant = {f"variant.{name}": field for name, field in loaded().variant.model_fields.items()}
    return _keys(Settings) | tasks | values | variant


def _describe(detail: ErrorDetails) -> str:
    """Say in one line which key is wrong, what was found there and what is allowed."""
    *parents, name = (str(part) for part in detail["loc"]) if detail["loc"] else ("",)
    key = ".".join([*parents, name])
    if detail["type"] == "extra_forbidden":
        return _unknown_key(key)
    if name == "[key]":  # pydantic's mark of a bad key, after the key itself
        near = difflib.get_close_matches(parents[-1], loaded().task, n=1)
        hint = f"did you mean tasks.{near[0]}? " if near else ""
        return f"{'.'.join(parents)}: no such task; {hint}The ids are {', '.join(loaded().task)}"
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])  # ours, and complete
    if parents[-1:] == ["extensions"]:
        return f"{key}: found {_found(detail['input'])}; expected {_TIME}"
    return f"{key}: found {_found(detail['input'])}; expected {_expected(_all_keys()[key])}"


def _unknown_key(key: str) -> str:
    """Word the complaint about a key that does not exist, with the keys that do and the likeliest one."""
    parent, _, word = key.rpartition(".")
    siblings = {name.rpartition(".")[2]: name for name in _all_keys() if name.rpartition(".")[0] == parent}
    # A key is as often in the wrong table as misspelled.
    elsewhere = {name.rpartition(".")[2]: name for name in _all_keys() if not name.endswith((".points", ".enabled"))}
    near = [words[match] for words in (siblings, elsewhere) for match in difflib.get_close_matches(word, words, n=1)]
    hint = f"did you mean {near[0]}? " if near else ""
    place = f"[{parent}]" if parent else "the file"
    return f"{key}: unknown key; {hint}Allowed in {place}: {', '.join(siblings)}"


def _found(value: Any) -> str:
    """Show a value as it would stand in TOML, briefly."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, float):
        return str(value)  # inf and nan as TOML spells them
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _expected(field: FieldInfo) -> str:
    """Word a field's type and bounds, such as "a number above 0, at most 60"."""
    kinds = get_args(field.annotation) if isinstance(field.annotation, UnionType) else (field.annotation,)
    nouns = {bool: "true or false", int: "a whole number", float: "a number", AwareDatetime: _TIME}
    if get_origin(field.annotation) is Literal:
        return " or ".join(map(json.dumps, get_args(field.annotation)))
    noun = next((nouns[kind] for kind in kinds if kind in nouns), "a table")
    words = {"gt": "above", "ge": "at least", "le": "at most"}
    bounds = [
        f"{word} {getattr(constraint, attribute)}"
        for constraint in field.metadata
        for attribute, word in words.items()
        if hasattr(constraint, attribute)
    ]
    return f"{noun} {', '.join(bounds)}" if bounds else noun
