"""Settings of a grading run, from an optional TOML file. Messages about wrong ones are worded from the fields below."""

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializeAsAny,
    model_validator,
)

from autograder.assignment import Task, Variant
from autograder.model.loading import loaded, place, use

MEGABYTE = 2**20
TIME = "a date and time with its offset, such as 2026-11-20T23:59:00+01:00"


def _known_task(task_id: str) -> str:
    if task_id not in loaded().task:
        raise ValueError(task_id)  # worded by `_describe`, which knows where it stands
    return task_id


def _variant(found: object) -> object:
    """Read the table [variant] as the assignment has it."""
    return loaded().variant.model_validate(found) if isinstance(found, dict) else found


class Table(BaseModel):
    """A TOML table: no unknown keys, no numbers in strings, nothing changes once it is read."""

    # Defaults are validated too, so that a default of 2 and a written 2 are the same 2.0 to `digest`.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_default=True)


class TaskSettings(Table):
    """What an instructor changes about one task; `points` of None means those of the rubric."""

    points: float | None = Field(default=None, ge=0, le=1000)
    enabled: bool = True


class Limits(Table):
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


class FollowThrough(Table):
    """Credit for an answer that is consistent with the student's own wrong function."""

    cap: float = Field(default=0.7, ge=0, le=1)


class RepeatedMistakes(Table):
    """What a mistake costs less in every task after the first that it is named in."""

    share: float = Field(default=0, ge=0, le=1)


class LateRule(Table):
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
                f"late: found {', '.join(others)} and no due; expected due = {TIME}: without it nothing is late"
            )
        return self


class Settings(Table):
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


def with_public_seed(settings: Settings, seed: int | None) -> Settings:
    """Return the settings with this seed of the public cases; None leaves theirs."""
    if seed is None:
        return settings
    return settings.model_copy(update={"variant": settings.variant.model_copy(update={"seed": seed})})
