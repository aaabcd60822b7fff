"""What comes back from a process is believed only where an honest one could have sent it."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from msgspec import inspect

from autograder.model.plan import Call, Plan
from autograder.model.replies import RaisedError
from autograder.sandbox.host.messages import Forgery, Message, PartHeader, read_messages, read_reply
from autograder.sandbox.host.perform import EncodedPlan, Session
from autograder.sandbox.host.supervisor import Supervisor
from tests.locked import has, needs
from tests.performing import LIMITS, a_worker, came_of, perform, performed, said, source

MEGABYTE = 2**20


@pytest.fixture(scope="module")
def worker() -> Iterator[Supervisor]:
    """One worker for all."""
    with a_worker() as worker:
        worker.limits = LIMITS.model_copy(update={"reply_mb": 1})
        yield worker


# A submission that speaks in the place of the program that calls it.
SPEAKS = """
import json, os, stat, struct, time
for n in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(n).st_mode):
            channel = n
    except OSError:
        pass
def frame(*messages, body=b"", magic=b"BPT1"):
    text = json.dumps(messages).encode()
    return struct.pack("<4sIQ", magic, len(text), len(body)) + text + body
def answer(call="a/0", **more):
    return {"call": call, "parts": [{"shape": [1]}]} | more
ONE = struct.pack("<d", 1.0)
def a(x):
    sent = SENT
    os.write(channel, sent)
    time.sleep(1000)
def b(x):
    return x
"""
NO_ANSWER = "forbidden: sent something other than an answer: "


def came_of_speaking(worker: Supervisor, sent: str) -> list[str]:
    return came_of(worker, SPEAKS.replace("SENT", sent), "a b")


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ("frame(answer(), body=ONE, magic=b'BPT2')", "not a frame"),
        ("struct.pack('<4sIQ', b'BPT1', (1 << 17) + 1, 0)", "a frame of 131073 + 0 bytes"),
        ("struct.pack('<4sIQ', b'BPT1', 9, 1 << 60)", "a frame of 9 + "),
        ("struct.pack('<4sIQ', b'BPT1', 2, 0) + b'[}'", "a header that is none"),
        ("frame({'kind': 'value', 'points': 7})", "a header that is none"),
        ("frame({'kind': 'end'})", "a message of kind end for call '', out of turn"),
        ("frame({'kind': 'step', 'step': 3})", "a message of kind step for call '', out of turn"),
        ("frame({'kind': 'loaded'})", "a message of kind loaded for call '', out of turn"),
        ("frame({'kind': 'locked', 'layers': ['none']})", "a message of kind locked for call '', out of turn"),
        ("frame(answer('b/0'), body=ONE)", "a message of kind value for call 'b/0', out of turn"),
        ("frame(answer(kind='step'), body=ONE)", "a message of kind step where a reply was due"),
        ("frame(answer(), body=ONE + b'x')", "1 bytes that belong to no array"),
        ("frame(answer(), body=ONE[1:])", "an array of shape (1,) in a frame of 7 bytes"),
        ("frame(answer('x' * 99))", "a message of kind value for call 'xxxx"),
        ("frame(answer('x' * 201))", "a header that is none"),
    ],
)
def test_what_no_honest_process_sends_ends_it(worker: Supervisor, sent: str, why: str) -> None:
    """The group that was running is lost, what is said of it is short, and the next one is asked for itself."""
    first, second = came_of_speaking(worker, sent)
    assert first.startswith(NO_ANSWER + why)
    assert len(first) < 300
    assert second == "value"


def test_a_forged_frame_leaves_what_came_before_it(worker: Supervisor) -> None:
    """A frame that is right is believed; the one after it ends the process, and the rest of its group is lost."""
    assert came_of_speaking(worker, "frame(answer(), body=ONE) + frame(answer('x'))")[1] == "value"


@pytest.mark.parametrize(
    "sent", ["frame(answer('b/0'), body=ONE)", "frame({'kind': 'end'})", "frame({'kind': 'locked'})"]
)
def test_a_file_has_nothing_to_answer_while_it_is_loaded(worker: Supervisor, sent: str) -> None:
    """Such a line ends its process, and is left out when the file is loaded again."""
    text = f"{SPEAKS.replace('SENT', 'ONE')}os.write(channel, {sent})\n"
    transcript = performed(worker, text, "b a")
    assert [loss.state for loss in transcript.load_losses] == ["forbidden"]
    assert said(transcript.replies["b/0"]) == "value"


def test_a_forgery_is_noted_with_its_group(worker: Supervisor) -> None:
    """An instructor should look at it."""
    (attempt,) = performed(worker, SPEAKS.replace("SENT", "b'forged' * 9"), "b a").attempts[:1]
    assert (attempt.during, attempt.telling) == ("a", True)
    assert attempt.what == "sent something other than an answer: not a frame"


def test_half_a_frame_is_no_answer(worker: Supervisor) -> None:
    """A process that stops in the middle of a frame is one that does not answer."""
    assert came_of_speaking(worker, "frame(answer(), body=ONE)[:-1]")[0] == "timeout: did not answer for 0.4 s"


TOO_MUCH = "memory: handed back more than the 1 MB that are kept"


@pytest.mark.parametrize(
    ("sizes", "ends"),
    [
        ([MEGABYTE // 9], ["value"]),
        ([MEGABYTE // 8], [TOO_MUCH]),
        ([MEGABYTE // 17, MEGABYTE // 17], ["value", "value"]),
        ([MEGABYTE // 25] * 4, ["value"] * 3 + [TOO_MUCH]),
    ],
)
def test_the_limit_on_what_is_handed_back_is_one_for_all_frames(
    worker: Supervisor, sizes: list[int], ends: list[str]
) -> None:
    """So many bytes of all answers are kept, in however many frames they come."""
    text = "import time\nimport numpy as np\ndef a(n):\n    time.sleep(0.06)\n    return np.ones(int(n))\n"
    calls = tuple(Call(f"a/{n}", "a", "a", (float(size),)) for n, size in enumerate(sizes))
    replies = perform(worker, source(text), EncodedPlan(Plan(calls))).replies
    assert [said(replies[call.id]) for call in calls] == ends


def test_the_limit_on_what_is_handed_back_is_one_for_all_processes(worker: Supervisor) -> None:
    """Each plan, and each process of one, has what those before it left; what was refused takes nothing."""
    text = "import os\nimport numpy as np\ndef a(n):\n    return np.ones(n)\n"
    text += "def b(n):\n    if n == 60_000:\n        os._exit(3)\n    return np.ones(n)\n"
    session = Session(worker, source(text))

    def ask(*calls: tuple[str, int]) -> list[str]:
        plan = Plan(tuple(Call(f"{name}/{size}", name, name, (size,)) for name, size in calls))
        return [said(reply).partition(":")[0] for reply in session.perform(EncodedPlan(plan)).replies.values()]

    assert ask(("a", 50_000)) == ["value"]
    assert ask(("a", 90_000)) == ["memory"]
    assert ask(("a", 30_000), ("b", 60_000)) == ["value", "crashed"]
    assert ask(("b", 55_000)) == ["memory"]
    assert ask(("b", 20_000)) == ["value"]


def test_what_is_kept_beside_the_numbers_counts_as_well(worker: Supervisor) -> None:
    """Thousands of empty arrays, and long words, are memory, too."""
    text = """
import numpy as np
def a(n):
    return (np.zeros(0),) * 64
def b(n):
    raise ValueError("€" * 500)
"""
    few, many = 30, 700
    for name, kind in (("a", "value"), ("b", "raised")):
        session = Session(worker, source(text))
        calls = tuple(Call(f"{name}/{n}", name, name, (n,)) for n in range(many))
        plan = EncodedPlan(Plan(calls))
        assert {said(reply) for reply in session.perform(plan, calls[:few]).replies.values()} == {kind}
        assert TOO_MUCH in {said(reply) for reply in session.perform(plan).replies.values()}


def test_many_attempts_of_a_kind_do_not_hide_another(worker: Supervisor) -> None:
    """Twenty of those that anybody may make are kept, and one that tells."""
    text = """
import os
def attempt(path, mode):
    try:
        open(path, mode)
    except OSError:
        pass
def a(x):
    for n in range(25):
        attempt(f"plot{n}.png", "r")
    attempt("/etc/shadow", "r")
    attempt("/etc/shadow", "r")
    return x
def b(x):
    for n in range(25):
        attempt(f"/etc/{n}", "r")
    return x
"""
    attempts = performed(worker, text, "a b").attempts
    assert len([one for one in attempts if not one.telling]) == 20
    assert next((one.during, one.what) for one in attempts if one.telling) == ("b", "tried to read /etc/0")


def test_what_is_refused_is_noted_with_what_was_running(worker: Supervisor) -> None:
    """While the file was loaded, or which group; whether an instructor should look; and once."""
    needs(has("watched"), "this kernel does not report refused calls")
    text = """
import os, socket
def attempt(function, *args):
    try:
        function(*args)
    except OSError:
        pass
attempt(open, "/etc/passwd")
attempt(socket.socket)
def a(x):
    attempt(socket.socket, socket.AF_INET6)
    attempt(socket.socket, socket.AF_INET6)
    return x
def b(x):
    attempt(open, "plot.png", "w")
    return x
"""
    attempts = performed(worker, text, "a b").attempts
    assert sorted((one.during, one.what, one.telling) for one in attempts) == [
        ("", "asked the system for socket(AF_INET)", True),
        ("", "tried to read /etc/passwd", True),
        ("a", "asked the system for socket(AF_INET6)", True),
        ("b", "asked the system for openat(to write)", False),
    ]


def test_what_came_cannot_be_changed(worker: Supervisor) -> None:
    """The arrays of a reply are the memory that came, and no judge can write into it."""
    transcript = performed(worker, "import numpy as np\ndef a(x):\n    return np.ones(3)\n", "a")
    values = transcript.replies["a/0"].parts[0].values
    assert values is not None
    assert (values.tolist(), values.flags.writeable) == ([1, 1, 1], False)


class TestMessages:
    """Headers of frames: JSON of known fields and types."""

    def test_what_is_usual_is_not_said(self) -> None:
        """A value of float64."""
        (message,) = read_messages(b'[{"call": "a", "parts": [{"shape": [2, 3]}]}]')
        assert message == Message("value", "a", parts=(PartHeader((2, 3), "float64"),))

    @pytest.mark.parametrize("header", [b"", b"{}", b'[{"kind": "mark"}]', b'[{"cpu": "1"}]', b"[" * 9999, b'["\xff"]'])
    def test_anything_else_is_refused(self, header: bytes) -> None:
        """Unknown kinds, types, deep nesting, no UTF-8."""
        with pytest.raises(Forgery, match="a header that is none"):
            read_messages(header)

    @pytest.mark.parametrize(
        "more",
        [
            {"parts": [{"shape": []}] * 65},
            {"parts": [{"shape": [1] * 65}]},
            {"parts": [{"shape": [-1]}]},
            {"parts": [{"shape": [4, -1]}]},
            {"parts": [{"shape": [1 << 62]}]},
            {"parts": [{"shape": [], "dtype": "x" * 81}]},
            {"container": "x" * 81},
            {"cpu": -1},
            {"step": -1},
            {"layers": ["seccomp"] * 21},
        ],
    )
    def test_no_honest_worker_says_so_much(self, more: dict[str, Any]) -> None:
        """Counts and lengths, each a little beyond what is known."""
        with pytest.raises(Forgery, match="a header that is none"):
            read_messages(json.dumps([more]).encode())

    def test_messages_are_counted(self) -> None:
        """A frame of many that say nothing is none."""
        assert len(read_messages(b"[" + b"{}," * 63 + b"{}]")) == 64
        with pytest.raises(Forgery, match="a header that is none"):
            read_messages(b"[" + b"{}," * 64 + b"{}]")

    def test_every_word_number_and_list_has_a_bound(self) -> None:
        """Whatever is added to what a worker may say: nothing of it may be of any length."""
        unbounded = list(without_bound(inspect.type_info(Message), "Message"))
        assert unbounded == []


def without_bound(found: inspect.Type, name: str) -> Iterator[str]:
    """Yield the names of what may be of any length or size in a type of messages."""
    match found:
        case inspect.StrType(max_length=None) | inspect.IntType(le=None) | inspect.IntType(ge=None):
            yield name
        case inspect.StructType(fields=fields):
            for field in fields:
                yield from without_bound(field.type, f"{name}.{field.name}")
        case inspect.VarTupleType(item_type=item, max_length=longest):
            yield from [name] * (longest is None)
            yield from without_bound(item, f"{name}[]")
        case inspect.UnionType(types=types):
            for kind in types:
                yield from without_bound(kind, name)
        case inspect.StrType() | inspect.IntType() | inspect.FloatType() | inspect.BoolType():
            pass
        case inspect.LiteralType() | inspect.NoneType():
            pass
        case other:
            yield f"{name}: {other}"


class TestArrays:
    """Arrays lie one after the other in the body, and nowhere else."""

    BODY = np.arange(8.0).tobytes()

    def read(self, *parts: PartHeader, start: int = 0) -> tuple[list[np.ndarray | None], int]:
        reply, end = read_reply(Message("value", "a", parts=parts), self.BODY, start)
        return [part.values for part in reply.parts], end

    def test_each_begins_where_the_one_before_ends(self) -> None:
        """From a place in the body on; what is no array takes none of it."""
        (first, none, second), end = self.read(
            PartHeader((2,)), PartHeader((), "", "str"), PartHeader((1, 2), "complex64"), start=8
        )
        assert first is not None
        assert second is not None
        assert none is None
        assert (first.tolist(), second.tolist(), end) == ([1, 2], [[3 + 4j, 5 + 6j]], 56)

    @pytest.mark.parametrize(("dtype", "kind"), [("float32", "f"), ("int64", "f"), ("clongdouble", "c")])
    def test_the_students_dtype_is_kept_as_a_word(self, dtype: str, kind: str) -> None:
        """Numbers travel as float64 or complex128."""
        reply, _ = read_reply(Message("value", "a", parts=(PartHeader((2,), dtype),)), self.BODY, 0)
        (part,) = reply.parts
        assert part.values is not None
        assert (part.dtype, part.values.dtype.kind, part.values.dtype.itemsize) == (dtype, kind, 8 + 8 * (kind == "c"))

    def test_nobody_can_change_them(self) -> None:
        """They are the memory that came."""
        (values,), _ = self.read(PartHeader((8,)))
        assert values is not None
        assert not values.flags.writeable

    @pytest.mark.parametrize("shape", [(9,), (2, 5), (1 << 31,) * 3])
    def test_shapes_that_do_not_fit(self, shape: tuple[int, ...]) -> None:
        """More than came, less than nothing, more than there can be."""
        with pytest.raises(Forgery, match="an array of shape"):
            self.read(PartHeader(shape))

    def test_a_reply_says_what_came_of_the_call(self) -> None:
        """With the error, the container, and the arguments that were changed."""
        error = RaisedError("ValueError", "no", "rnn.py", 3, "x", memory=False, inside=True)
        message = Message("raised", "a", "Params", changed=("0",), error=error)
        reply, end = read_reply(message, b"", 0)
        assert (reply.kind, reply.container, reply.changed, reply.error, end) == ("raised", "Params", ("0",), error, 0)

    @pytest.mark.parametrize("kind", ["locked", "step", "loaded", "end"])
    def test_other_messages_are_no_replies(self, kind: str) -> None:
        """Even where they name a call."""
        with pytest.raises(Forgery, match=f"kind {kind} where a reply was due"):
            read_reply(Message(kind, "a"), b"", 0)  # type: ignore[arg-type]
