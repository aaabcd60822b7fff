"""The messages of a worker, checked before they are believed: typed headers and bounded arrays.

A submission controls every byte that arrives here. A frame that breaks a rule is a `Forgery`: nothing more
of its stream is read.
"""

from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from autograder.model.replies import Count, Line, RaisedError, Reply, ReplyPart, Skipped, Word

MAX_HEADER = 1 << 17
_FLOAT, _COMPLEX = np.dtype(np.float64), np.dtype(np.complex128)


class Forgery(Exception):
    """A frame that no honest worker sends."""


class PartHeader(msgspec.Struct, frozen=True):
    """One array of a result as the worker describes it."""

    shape: Annotated[tuple[Count, ...], msgspec.Meta(max_length=64)]
    dtype: Word = "float64"
    other: Word = ""  # the type of a result that is no array of numbers


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the messages whose list is the header of a frame from the worker."""

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


_Messages = Annotated[tuple[Message, ...], msgspec.Meta(max_length=64)]
_decoder: msgspec.json.Decoder[tuple[Message, ...]] = msgspec.json.Decoder(_Messages)


def read_messages(header: bytes | memoryview) -> tuple[Message, ...]:
    """Return the messages of a frame.

    Raises:
        Forgery: not JSON, of other fields or types, more or longer than any honest worker says, or nested too deep.
    """
    try:
        return _decoder.decode(header)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Forgery(f"a header that is none: {error}") from None


def read_reply(message: Message, body: bytes | memoryview, start: int) -> tuple[Reply, int]:
    """Return the reply in a message, and where its arrays end in the frame's body; they begin at `start`.

    The arrays share the body's memory, and none of it can be changed.

    Raises:
        Forgery: shapes that do not fit the bytes that came, or no reply.
    """
    if message.kind not in ("value", "raised", "absent", "blocked"):
        raise Forgery(f"a message of kind {message.kind} where a reply was due")
    parts = []
    for header in message.parts:
        if header.other:
            parts.append(ReplyPart(None, header.dtype, header.other))
            continue
        dtype = _COMPLEX if header.dtype.startswith(("complex", "clongdouble")) else _FLOAT
        try:  # numpy refuses an array that does not lie within the body, and takes no memory
            values: NDArray[Any] = np.ndarray(header.shape, dtype, body, start)
        except (ValueError, TypeError, OverflowError):
            raise Forgery(f"an array of shape {header.shape[:8]} in a frame of {len(body)} bytes") from None
        parts.append(ReplyPart(values, header.dtype))
        start += values.nbytes
    return Reply(message.kind, message.container, tuple(parts), message.changed, message.error), start
