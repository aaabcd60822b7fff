"""Replies: what came of the calls of a plan, as plain data. The sandbox fills them in, and the judge reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

# An honest worker stays far below these bounds. The sandbox refuses a message beyond them while it decodes it.
Word = Annotated[str, msgspec.Meta(max_length=80)]  # of types, places, names
Line = Annotated[str, msgspec.Meta(max_length=200)]  # of code, paths and ids of calls
Text = Annotated[str, msgspec.Meta(max_length=500)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**31)]


class RaisedError(msgspec.Struct, frozen=True):
    """An exception in student code. Every string in it is the student's."""

    type: Word
    message: Text
    where: Word  # label of the chunk, "" if no line of the student's was running
    line: Count
    text: Line
    memory: bool
    inside: bool


class Skipped(msgspec.Struct, frozen=True):
    """A top-level statement that was not run because it had ended an earlier process."""

    where: Word
    line: Count


class ReplyPart(msgspec.Struct, frozen=True, eq=False):
    """One array of a result: float64 or complex128 values, and the dtype that the student returned."""

    values: NDArray[np.float64] | NDArray[np.complex128] | None  # None: not an array of numbers
    dtype: str = ""
    other: str = ""  # the type of a result that is no array of numbers


@dataclass(frozen=True)
class Loss:
    """Why a call has no answer: the way in which its process ended."""

    state: Literal["timeout", "memory", "crashed", "forbidden"]
    message: str


class Reply(msgspec.Struct, frozen=True, eq=False):
    """What came of one call."""

    kind: Literal["value", "raised", "absent", "blocked", "lost"]
    container: str = ""  # name of the tuple type, "" for a single array
    parts: tuple[ReplyPart, ...] = ()
    changed: tuple[str, ...] = ()  # labels of the arguments that the call changed
    error: RaisedError | None = None
    lost: Loss | None = None


Replies = Mapping[str, Reply]  # by the call's id


@dataclass(frozen=True)
class Attempt:
    """Something that a submission asked for and did not get, or tried to do."""

    during: str  # the group of calls that was running, "" while the file was loaded
    what: str  # completes "it …", in our words
    telling: bool  # whether an instructor should look at it; honest plots ask to write files, too


@dataclass
class Transcript:
    """What a submission answered: one reply for each call of the plan, and how its loading went."""

    replies: dict[str, Reply] = field(default_factory=dict)
    problems: tuple[RaisedError, ...] = ()  # errors of top-level statements
    skipped: tuple[Skipped, ...] = ()  # top-level statements that ended a process
    load_losses: tuple[Loss, ...] = ()  # how they ended it
    loaded: bool = False
    stateless: bool = False  # the worker found that no call of its functions can influence another
    attempts: tuple[Attempt, ...] = ()
