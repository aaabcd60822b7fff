"""Frames on the channel between the grader and the worker: a JSON header and raw float64 buffers.

Nothing in a frame can execute when it is read. Both sides import this module, so it stays small and knows nothing
of tasks. The grader checks what the worker sends in `autograder/sandbox/host/messages.py`.

    frame = magic (4 bytes) | header length (u32) | body length (u64) | header | body
"""

import json
import struct
from collections.abc import Callable
from typing import Any

MAGIC = b"BPT1"
# The two requests on the worker's control socket. They are equally long, so that nothing behind one is read with it.
PLAN = b"plan\n"  # followed by the frame of the plan whose calls are made from now on
WORK = b"work\n"  # with the channel of a new process attached
PREFIX = struct.Struct("<4sIQ")
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


class WireError(Exception):
    """The bytes are no frame, or the frame is larger than allowed."""


def frame(header: Any, body: bytes = b"") -> bytes:
    """Return one frame; `header` is anything that JSON can hold."""
    text = _ENCODER.encode(header).encode("utf-8", "surrogatepass")
    return b"".join((PREFIX.pack(MAGIC, len(text), len(body)), text, body))


def lengths(prefix: bytes, max_header: int, max_body: int) -> tuple[int, int]:
    """Return the (header, body) lengths that a frame's prefix announces.

    Raises:
        WireError: the magic is wrong, or a length is over its limit; checked before memory is taken.
    """
    magic, header, body = PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise WireError("not a frame")
    if header > max_header or body > max_body:
        raise WireError(f"a frame of {header} + {body} bytes; at most {max_header} + {max_body} are allowed")
    return header, body


def read_frame(read: Callable[[int], bytes]) -> tuple[Any, bytes]:
    """Read one frame that the grader sent. `read(n)` returns 1 to n bytes, or none at the end."""

    def exactly(n: int) -> bytes:
        parts = []
        while n:
            part = read(min(n, 1 << 20))
            if not part:
                raise WireError("the channel ended inside a frame")
            parts.append(part)
            n -= len(part)
        return b"".join(parts)

    header, body = lengths(exactly(PREFIX.size), 1 << 30, 1 << 32)
    return json.loads(exactly(header)), exactly(body)
