"""What the room sends back, checked before it is believed: typed headers and bounded arrays.

A submission controls every byte that arrives here. A frame that breaks a rule is a `Forgery`: nothing more
of its stream is read.
"""

from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from autograder.sandbox.room import wire

MAX_HEADER = 1 << 20
_FLOAT, _COMPLEX = np.dtype(np.float64), np.dtype(np.complex128)


class Forgery(Exception):
    """A frame that no honest room sends."""


class RaisedError(msgspec.Struct, frozen=True):
    """An exception in student code; every string is theirs."""

    type: str
    message: str
    where: str  # label of the chunk, "" where no line of theirs was running
    line: int
    text: str
    memory: bool
    inside: bool


class Skipped(msgspec.Struct, frozen=True):
    """A top-level statement that was not run because it had ended an earlier process."""

    step: int
    where: str
    line: int


class PartHeader(msgspec.Struct, frozen=True):
    """One array of a result as the room describes it."""

    shape: list[int]
    dtype: str = "float64"
    other: str = ""  # what it is where it is no array of numbers


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the messages whose list is the header of a frame from the room."""

    kind: Literal["locked", "step", "loaded", "value", "raised", "absent", "blocked", "end"] = "value"
    call: str = ""
    container: str = ""
    parts: list[PartHeader] = []
    changed: list[str] = []
    error: RaisedError | None = None
    problems: list[RaisedError] = []
    skipped: list[Skipped] = []
    stateless: bool = False
    layers: list[str] = []
    reads: list[str] = []  # paths that were asked for, as far as Python noticed
    step: int = 0
    cpu: float = 0.0  # used so far; the last message of a frame tells


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


_decoder = msgspec.json.Decoder(list[Message])


def read_messages(header: bytes) -> list[Message]:
    """Return the messages of a frame.

    Raises:
        Forgery: not JSON, of other fields or types, or nested too deep.
    """
    try:
        return _decoder.decode(header)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Forgery(f"a header that is none: {error}") from None


def read_reply(message: Message, body: bytes, start: int) -> tuple[Reply, int]:
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
            if min(header.shape, default=0) < 0:
                raise ValueError  # numpy would take -1 for "as many as there are"
            values: NDArray[Any] = np.ndarray(header.shape, dtype, body, start)
        except (ValueError, TypeError, OverflowError):
            raise Forgery(f"an array of shape {header.shape[:8]} in a frame of {len(body)} bytes") from None
        parts.append(Part(values, header.dtype))
        start += values.nbytes
    return Reply(message.kind, message.container, tuple(parts), tuple(message.changed), message.error), start


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
