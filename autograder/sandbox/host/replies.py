"""What the room sends back, checked before it is believed: typed headers and bounded arrays.

A submission controls every byte that arrives here. A frame that breaks a rule is a `Forgery`: nothing more
of its stream is read.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from autograder.sandbox.worker import wire

MAX_HEADER = 1 << 17
_FLOAT, _COMPLEX = np.dtype(np.float64), np.dtype(np.complex128)

# What an honest room sends stays far below these; msgspec refuses what does not as it decodes.
Word = Annotated[str, msgspec.Meta(max_length=80)]  # of types, places, names
Line = Annotated[str, msgspec.Meta(max_length=200)]  # of code, paths and ids of calls
Text = Annotated[str, msgspec.Meta(max_length=500)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**31)]


class Forgery(Exception):
    """A frame that no honest room sends."""


class RaisedError(msgspec.Struct, frozen=True):
    """An exception in student code; every string is theirs."""

    type: Word
    message: Text
    where: Word  # label of the chunk, "" where no line of theirs was running
    line: Count
    text: Line
    memory: bool
    inside: bool


class Skipped(msgspec.Struct, frozen=True):
    """A top-level statement that was not run because it had ended an earlier process."""

    step: Count
    where: Word
    line: Count


class PartHeader(msgspec.Struct, frozen=True):
    """One array of a result as the room describes it."""

    shape: Annotated[tuple[Count, ...], msgspec.Meta(max_length=64)]
    dtype: Word = "float64"
    other: Word = ""  # what it is where it is no array of numbers


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the messages whose list is the header of a frame from the room."""

    kind: Literal["locked", "step", "loaded", "value", "raised", "absent", "blocked", "end"] = "value"
    call: Line = ""
    container: Word = ""
    parts: Annotated[tuple[PartHeader, ...], msgspec.Meta(max_length=64)] = ()
    changed: Annotated[tuple[Word, ...], msgspec.Meta(max_length=64)] = ()
    error: RaisedError | None = None
    problems: Annotated[tuple[RaisedError, ...], msgspec.Meta(max_length=20)] = ()
    skipped: Annotated[tuple[Skipped, ...], msgspec.Meta(max_length=20)] = ()
    stateless: bool = False
    layers: Annotated[tuple[Word, ...], msgspec.Meta(max_length=20)] = ()
    reads: Annotated[tuple[Line, ...], msgspec.Meta(max_length=20)] = ()  # paths asked for, as far as Python noticed
    step: Count = 0
    cpu: Annotated[float, msgspec.Meta(ge=0)] = 0.0  # used so far; the last message of a frame tells


class Part(msgspec.Struct, frozen=True, eq=False):
    """One array of a result: float64 or complex128 values, and the dtype that the student returned."""

    values: NDArray[np.float64] | NDArray[np.complex128] | None  # None: not an array of numbers
    dtype: str = ""
    other: str = ""  # what it is instead


class Reply(msgspec.Struct, frozen=True, eq=False):
    """What came of one call."""

    kind: Literal["value", "raised", "absent", "blocked", "lost"]
    container: str = ""  # name of the tuple type, "" for a single array
    parts: tuple[Part, ...] = ()
    changed: tuple[str, ...] = ()
    error: RaisedError | None = None
    lost: "Loss | None" = None


@dataclass(frozen=True)
class Loss:
    """Why a call never answered: how the process that made it ended."""

    state: Literal["timeout", "memory", "crashed", "forbidden"]
    message: str


_Messages = Annotated[tuple[Message, ...], msgspec.Meta(max_length=64)]
_decoder: msgspec.json.Decoder[tuple[Message, ...]] = msgspec.json.Decoder(_Messages)


def read_messages(header: bytes | memoryview) -> tuple[Message, ...]:
    """Return the messages of a frame.

    Raises:
        Forgery: not JSON, of other fields or types, more or longer than any honest room says, or nested too deep.
    """
    try:
        return _decoder.decode(header)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Forgery(f"a header that is none: {error}") from None


def read_reply(message: Message, body: bytes | memoryview, start: int) -> tuple[Reply, int]:
    """Return the reply that a message holds, and where its arrays end in the frame's body; they begin at `start`.

    The arrays share the body's memory, and none of it can be changed.

    Raises:
        Forgery: shapes that do not fit the bytes that came, or no reply.
    """
    if message.kind not in ("value", "raised", "absent", "blocked"):
        raise Forgery(f"a message of kind {message.kind} where a reply was due")
    parts = []
    for header in message.parts:
        if header.other:
            parts.append(Part(None, header.dtype, header.other))
            continue
        dtype = _COMPLEX if header.dtype.startswith(("complex", "clongdouble")) else _FLOAT
        try:  # numpy refuses what does not lie within the body, and no memory is taken
            values: NDArray[Any] = np.ndarray(header.shape, dtype, body, start)
        except (ValueError, TypeError, OverflowError):
            raise Forgery(f"an array of shape {header.shape[:8]} in a frame of {len(body)} bytes") from None
        parts.append(Part(values, header.dtype))
        start += values.nbytes
    return Reply(message.kind, message.container, tuple(parts), message.changed, message.error), start


__all__ = [
    "Forgery",
    "Loss",
    "Message",
    "Part",
    "RaisedError",
    "Reply",
    "Skipped",
    "read_messages",
    "read_reply",
    "wire",
]
