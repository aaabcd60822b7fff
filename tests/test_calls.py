"""Functions are called with what the plan says, and what they return becomes plain numbers."""

from collections.abc import Iterator

import numpy as np
import pytest

from autograder.model.plan import Call, Plan, Ref, Value
from autograder.model.replies import Reply
from autograder.sandbox.host.perform import EncodedPlan
from autograder.sandbox.host.supervisor import Supervisor
from solutions.rnn import Params
from tests.performing import a_worker, perform, performed, source


@pytest.fixture(scope="module")
def worker() -> Iterator[Supervisor]:
    """One worker for all."""
    with a_worker() as worker:
        yield worker


def answers(worker: Supervisor, text: str, *calls: Call) -> list[Reply]:
    replies = perform(worker, source(text), EncodedPlan(Plan(calls))).replies
    return [replies[call.id] for call in calls]


def arrays(reply: Reply) -> list[object]:
    return [None if part.values is None else part.values.tolist() for part in reply.parts]


class TestArguments:
    """What a function gets is what the plan says, and its own."""

    PARAMS = Params(*(np.full(shape, float(n)) for n, shape in enumerate([(2, 1), (2, 2), (3, 2), (2,), (3,)])))

    def test_arrays_records_and_plain_values_arrive(self, worker: Supervisor) -> None:
        """In their places and by their names; also arrays that lie in memory in another order."""
        text = "def f(x, p, *, n, kind):\n    return x, p.V, p[-1], n + 1, float(kind == 'tanh')\n"
        x = np.arange(6.0).reshape(2, 3).T
        (reply,) = answers(worker, text, Call("a", "a", "f", (x, self.PARAMS), {"n": 4, "kind": "tanh"}))
        assert arrays(reply) == [x.tolist(), self.PARAMS.V.tolist(), self.PARAMS.c.tolist(), 5, 1]

    @pytest.mark.parametrize(
        ("params", "fits"),
        [
            ("class Params(NamedTuple):\n    U: object; W: object; V: object; b: object; c: object\n", 1),
            ("class Params(NamedTuple):\n    U: object; W: object\n", 0),
            ("class Params:\n    _fields = ['U', 'W', 'V', 'b', 'c']\n", 0),
            ("Params = 3\n", 0),
        ],
    )
    def test_a_record_is_the_students_own_where_it_fits(self, worker: Supervisor, params: str, fits: int) -> None:
        """Their class with their methods; one with other fields, or of another kind, is no such record."""
        text = f"from typing import NamedTuple\n{params}def f(p):\n    return float(type(p) is Params), p[0]\n"
        (reply,) = answers(worker, text, Call("f/0", "f", "f", (self.PARAMS,)))
        assert arrays(reply) == [fits, self.PARAMS.U.tolist()]

    def test_an_earlier_answer_can_be_an_argument(self, worker: Supervisor) -> None:
        """Or a piece of it; it is a copy, as floats."""
        text = "def f(x):\n    return x, [[1, 2], [3, 4]]\ndef g(a, **k):\n    a *= 2\n    return a, *k.values()\n"
        calls = (
            Call("f", "a", "f", (1.0,)),
            Call("g", "a", "g", (Ref("f", (1, -1)),), {"rows": Ref("f", (1,))}),
            Call("h", "a", "g", (Ref("f", (1, -1)),)),
        )
        _, first, second = answers(worker, text, *calls)
        assert arrays(first) == [[6, 8], [[1, 2], [3, 4]]]
        assert arrays(second) == [[6, 8]]

    @pytest.mark.parametrize("path", [(7,), (0, 0, 0), ()])
    def test_what_builds_on_nothing_is_blocked(self, worker: Supervisor, path: tuple[int, ...]) -> None:
        """Where the earlier call raised, or returned something else."""
        text = "def f(x):\n    return 1.0, 'no'\ndef g(x):\n    return 1.0\n"
        calls = (Call("f", "a", "f", (1.0,)), Call("g", "a", "g", (Ref("f", path),)))
        assert [reply.kind for reply in answers(worker, text, *calls)] == ["value", "blocked"]

    @pytest.mark.parametrize(
        ("change", "labels"),
        [
            ("pass", ()),
            ("x[0] = 9", ("0",)),
            ("x[-1] = 9", ("0",)),
            ("p.b[:] = 9", ("1.b",)),
            ("p.U[:], k[:] = 9, 9", ("1.U", "k")),
        ],
    )
    def test_arguments_that_were_changed_are_named(
        self, worker: Supervisor, change: str, labels: tuple[str, ...]
    ) -> None:
        """By place, by name, by field; each call has its own, so that the next one sees no change."""
        text = f"def f(x, p, k):\n    before = x.sum() + p.b.sum() + k.sum()\n    {change}\n    return before\n"
        given: tuple[Value, ...] = (np.ones(3), self.PARAMS)
        for reply in answers(worker, text, *(Call(f"{n}", "a", "f", given, {"k": np.ones(1)}) for n in range(2))):
            assert (reply.changed, arrays(reply)) == (labels, [10.0])

    def test_functions_that_are_none(self, worker: Supervisor) -> None:
        """A name for something else is as good as no function."""
        assert [reply.kind for reply in answers(worker, "f = 3\n", Call("a", "a", "f", (1.0,)))] == ["absent"]


class TestAnswers:
    """Whatever is returned becomes arrays, or a word for what it is."""

    @pytest.mark.parametrize(
        ("returned", "container", "described"),
        [
            ("np.float32([1, 2])", "", [("float32", [1, 2])]),
            ("np.array(2)", "", [("int64", 2)]),
            ("True", "", [("bool", 1)]),
            ("[1, 2.5]", "", [("float64", [1, 2.5])]),
            ("1j", "", [("complex128", 1j)]),
            ("np.complex64(1j)", "", [("complex64", 1j)]),
            ("np.ma.array([1.0, 2.0], mask=[0, 1])", "", [("float64", [1, 2])]),
            ("np.arange(6.0).reshape(2, 3).T[::-1]", "", [("float64", [[2, 5], [1, 4], [0, 3]])]),
            ("(1.0, None)", "tuple", [("float64", 1), "NoneType"]),
            ("P(1.0)", "P", [("float64", 1)]),
            ("[[1], [2, 3]]", "", ["list of unequal lengths"]),
            ("np.array(['a'])", "", ["array of dtype <U1"]),
            ("np.array([None])", "", ["array of dtype object"]),
            ("{}", "", ["dict"]),
            ("(1.0,) * 99", "tuple", [("float64", 1)] * 64),
        ],
    )
    def test_what_is_returned(self, worker: Supervisor, returned: str, container: str, described: list[object]) -> None:
        """Numbers with their dtype, in the tuple that they came in; anything else by its type."""
        head = "import numpy as np\nfrom collections import namedtuple\nP = namedtuple('P', 'x')\n"
        (reply,) = performed(worker, f"{head}def f(x):\n    return {returned}\n", "f").replies.values()
        found = [part.other or (part.dtype, part.values.tolist()) for part in reply.parts]  # type: ignore[union-attr]
        assert (reply.container, found) == (container, described)

    @pytest.mark.parametrize(
        ("body", "type_", "message", "line", "inside"),
        [
            ("raise ValueError('no')", "ValueError", "no", 3, True),
            ("raise SystemExit(2)", "SystemExit", "2", 3, True),
            ("raise KeyError('x' * 999)  # " + "y" * 300, "KeyError", "'" + "x" * 499, 3, True),
            ("raise type('Odd' * 99, (Exception,), {'__str__': None})", "Odd" * 26 + "Od", "(its message", 3, True),
            ("raise ValueError('\\ud800')", "ValueError", "?", 3, True),
            ("return np.linalg.inv(x)", "LinAlgError", "0-dimensional", 3, True),
        ],
    )
    def test_what_is_raised(
        self, worker: Supervisor, body: str, type_: str, message: str, line: int, inside: bool
    ) -> None:
        """Its type, its message, and the line of the file that was running."""
        (reply,) = performed(worker, f"import numpy as np\ndef f(x):\n    {body}\n", "f").replies.values()
        assert reply.error is not None
        assert (reply.kind, reply.error.type, reply.error.line, reply.error.inside) == ("raised", type_, line, inside)
        assert message in reply.error.message
        assert reply.error.text == body[:200]
        assert len(reply.error.message) <= 500
        assert not reply.error.memory

    def test_a_call_that_does_not_fit_is_in_no_line_of_theirs(self, worker: Supervisor) -> None:
        """The signature is at fault, no statement."""
        (reply,) = performed(worker, "def f():\n    return 1\n", "f").replies.values()
        assert reply.error is not None
        assert (reply.error.where, reply.error.line, reply.error.inside) == ("", 0, False)

    def test_memory_is_told_apart(self, worker: Supervisor) -> None:
        """MemoryError is no mistake of the mathematics."""
        text = "import numpy as np\ndef f(x):\n    return np.ones(1 << 40)\n"
        (reply,) = performed(worker, text, "f").replies.values()
        assert reply.error is not None
        assert reply.error.memory

    def test_printing_has_a_limit_for_the_whole_submission(self, worker: Supervisor) -> None:
        """So many characters, to either stream and in all calls; from then on printing raises."""
        text = "import sys\n" + "".join(f"def {name}(x):\n    print('x' * 4999)\n    return x\n" for name in "ab")
        text += "def c(x):\n    sys.stderr.write('x' * 486)\n    return x\ndef d(x):\n    sys.stdout.write('x')\n"
        replies = performed(worker, text, "a b c d").replies
        assert [reply.kind for reply in replies.values()] == ["value", "value", "value", "raised"]

    @pytest.mark.parametrize(("path", "kind"), [("os.devnull", "value"), ("'plot.png'", "raised")])
    def test_only_the_null_device_is_written_to(self, worker: Supervisor, path: str, kind: str) -> None:
        """As text and as bytes; what is written there goes nowhere."""
        text = f"import os\ndef f(x):\n    return open({path}, 'w').write('abc') + open({path}, 'wb').write(b'ab')\n"
        (reply,) = performed(worker, text, "f").replies.values()
        assert (reply.kind, arrays(reply)) == (kind, [5] * (kind == "value"))

    @pytest.mark.parametrize("number", [1, 2])
    def test_what_is_printed_below_python_goes_nowhere(self, worker: Supervisor, number: int) -> None:
        """Libraries write to the descriptors themselves; nobody reads there, and nobody has to."""
        text = f"import os\ndef f(x):\n    return os.write({number}, b'x' * 200_000)\n"
        (reply,) = performed(worker, text, "f").replies.values()
        assert arrays(reply) == [200_000]

    def test_numpy_warns_nobody(self, worker: Supervisor) -> None:
        """A division by zero gives inf, even where the file has warnings raise."""
        text = "import numpy as np\nnp.seterr(all='raise')\ndef f(x):\n    return np.float64(x) / 0\n"
        (reply,) = performed(worker, text, "f").replies.values()
        assert arrays(reply) == [np.inf]
