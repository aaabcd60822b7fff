"""A file is loaded as far as it goes, and its functions are called with what the plan says."""

from collections.abc import Iterator

import numpy as np
import pytest

from autograder.plan import Call, Plan, Ref, Stack, Value
from autograder.sandbox.perform import EncodedPlan, Transcript, perform
from autograder.sandbox.replies import Reply
from autograder.sandbox.supervisor import Supervisor
from solutions.rnn import Params
from tests.performing import a_room, performed, plan_of, source

F = "def f(x):\n    return x\n"


@pytest.fixture(scope="module")
def room() -> Iterator[Supervisor]:
    """One room for all."""
    with a_room() as room:
        yield room


def has(transcript: Transcript) -> str:
    """Return the names of the functions that are there."""
    return "".join(call[0] for call, reply in transcript.replies.items() if reply.kind != "absent")


class TestFiles:
    """Statement by statement, as Python would, and further where only a package is missing."""

    @pytest.mark.parametrize(
        ("head", "there"),
        [
            ("x = undefined", ""),
            ("x = 1 / 0", ""),
            ("raise SystemExit", ""),
            ("import nowhere", "f"),
            ("import nowhere.deep as deep\nx = deep.y", "f"),
            ("import nowhere.deep\nx = nowhere.deep.y", "f"),
            ("import nowhere.deep\nx = deep", ""),
            ("from nowhere import a, b as c\nx = a\nx = c(1)", "f"),
            ("from nowhere import b as c\nx = b", ""),
            ("import nowhere\nx = nowhere.y\nx = undefined", ""),
            ("import nowhere\ndef g(x):\n    return nowhere.y(x)\ng(1)", "f"),
            ("import nowhere\n@nowhere.y\ndef g(x):\n    return x\n", "f"),
            ("import nowhere; x = nowhere.y; x = 1", "f"),
            ("import nowhere; x = 1 / 0", ""),
            ("import nowhere\nx = nowhere.y / (1 / 0)", "f"),
            ("import nowhere\nx = (1 / 0) / nowhere.y", ""),
        ],
    )
    def test_a_missing_package_costs_what_uses_it_and_nothing_else_is_passed_over(
        self, room: Supervisor, head: str, there: str
    ) -> None:
        """A name that a failed import would have bound is missing; any other error is the end of the file."""
        transcript = performed(room, f"{head}\n{F}", "f")
        assert has(transcript) == there
        assert transcript.loaded

    def test_a_statement_runs_once(self, room: Supervisor) -> None:
        """What stands above an error is not done again when the rest is gone through."""
        text = "n = [0]\nn[0] += 1\nimport nowhere\nn[0] += 1\ndef f(x):\n    return n[0]\n"
        assert value(performed(room, text, "f")) == 2

    def test_what_went_wrong_is_told_with_its_line(self, room: Supervisor) -> None:
        """The type, the message, and the student's own line, as they wrote it."""
        (problem,) = performed(room, "\n\ndef g():\n    return 1 / 0\n\ng()\n" + F, "f").problems
        assert (problem.type, problem.message) == ("ZeroDivisionError", "division by zero")
        assert (problem.where, problem.line, problem.text, problem.inside) == ("rnn.py", 4, "return 1 / 0", True)

    def test_a_syntax_error_costs_what_stands_below(self, room: Supervisor) -> None:
        """The longest part above it that Python can read is run."""
        transcript = performed(room, f"{F}def g(x):\n    return (\n\ndef h(x):\n    return x\n", "f g h")
        assert has(transcript) == "f"
        (problem,) = transcript.problems
        assert (problem.type, problem.line, problem.text) == ("SyntaxError", 4, "return (")

    def test_compiling_a_part_keeps_the_future_of_the_whole(self, room: Supervisor) -> None:
        """`from __future__` counts for the statements behind it when they are run one by one, too."""
        head = "from __future__ import annotations\nimport nowhere\n"
        assert has(performed(room, head + "def f(x: missing):\n    return x\n", "f")) == "f"

    def test_the_module_is_called_rnn(self, room: Supervisor) -> None:
        """And can be imported by that name, as by a file's own `import rnn`."""
        text = "import rnn\ndef f(x):\n    return float(rnn.f is f and __name__ == 'rnn' and __file__ == 'rnn.py')\n"
        assert value(performed(room, text, "f")) == 1


class TestCells:
    """A notebook's cells are run one by one, whatever becomes of the one before."""

    def test_a_cell_that_breaks_costs_its_rest(self, room: Supervisor) -> None:
        """Cells after it are run; what it was is noted with its number."""
        cells = ("x = 1 / 0\ndef f(x):\n    return x", "def g(x):\n    return x\n((", "def h(x):\n    return x")
        transcript = perform(room, source(*cells), plan_of("fgh"))
        assert has(transcript) == "gh"
        assert [(problem.where, problem.line) for problem in transcript.problems] == [("cell 1", 1), ("cell 2", 3)]

    @pytest.mark.parametrize(
        "cell",
        [
            "%matplotlib inline",
            "!ls",
            "f?",
            "np.ones??",
            "x = !ls",
            "x = %pwd",
            "%%bash\nls |",
            "%%html\n<b>",
            "  !ls",
        ],
    )
    def test_magics_are_no_python(self, room: Supervisor, cell: str) -> None:
        """They are left out without a word, and lines keep their numbers."""
        ending = "" if cell.startswith("%%") else "\n1 / 0"
        inside = f"if True:\n{cell}" if cell.startswith(" ") else cell
        transcript = perform(room, source(inside + ending, F), plan_of("f"))
        assert [problem.line for problem in transcript.problems] == [inside.count("\n") + 2] * bool(ending)
        assert has(transcript) == "f"

    def test_timed_cells_are_python(self, room: Supervisor) -> None:
        """`%%time` stands before code that counts."""
        assert has(perform(room, source("\n%%time\n" + F, "display(get_ipython())"), plan_of("f"))) == "f"

    def test_a_remainder_is_no_magic(self, room: Supervisor) -> None:
        """A cell that Python can read is left as it is."""
        assert value(perform(room, source("x = (7\n% 4)\ndef f(_):\n    return x", ""), plan_of("f"))) == 3

    def test_only_some_problems_are_kept(self, room: Supervisor) -> None:
        """A few tell what is wrong with a notebook of broken cells."""
        transcript = perform(room, source(*["1 / 0"] * 25, F), plan_of("f"))
        assert (len(transcript.problems), has(transcript)) == (20, "f")


def value(transcript: Transcript) -> float:
    """Return what f returned."""
    (part,) = transcript.replies["f/0"].parts
    assert part.values is not None
    return float(part.values)


def answers(room: Supervisor, text: str, *calls: Call) -> list[Reply]:
    replies = perform(room, source(text), EncodedPlan(Plan(calls))).replies
    return [replies[call.id] for call in calls]


def arrays(reply: Reply) -> list[object]:
    return [None if part.values is None else part.values.tolist() for part in reply.parts]


class TestArguments:
    """What a function gets is what the plan says, and its own."""

    PARAMS = Params(*(np.full(shape, float(n)) for n, shape in enumerate([(2, 1), (2, 2), (3, 2), (2,), (3,)])))

    def test_arrays_records_and_plain_values_arrive(self, room: Supervisor) -> None:
        """In their places and by their names; also arrays that lie in memory in another order."""
        text = "def f(x, p, *, n, kind):\n    return x, p.V, p[-1], n + 1, float(kind == 'tanh')\n"
        x = np.arange(6.0).reshape(2, 3).T
        (reply,) = answers(room, text, Call("a", "a", "f", (x, self.PARAMS), {"n": 4, "kind": "tanh"}))
        assert arrays(reply) == [x.tolist(), self.PARAMS.V.tolist(), self.PARAMS.c.tolist(), 5, 1]

    def test_a_record_is_the_students_own_where_it_fits(self, room: Supervisor) -> None:
        """Their class with their methods; one with other fields is no such record."""
        own = "from typing import NamedTuple\nclass Params(NamedTuple):\n {}: object\n def own(self):\n  pass\n"
        f = "def f(p):\n    return float(hasattr(p, 'own'))\n"
        call = Call("f/0", "f", "f", (self.PARAMS,))
        for fields, fits in (("U: object; W: object; V: object; b: object; c", 1), ("U: object; W", 0)):
            (reply,) = answers(room, own.format(fields) + f, call)
            assert arrays(reply) == [fits]

    def test_an_earlier_answer_can_be_an_argument(self, room: Supervisor) -> None:
        """A piece of it, or rows below each other; it is a copy, as floats."""
        text = "def f(x):\n    return x, [[1, 2], [3, 4]]\ndef g(a, **k):\n    a *= 2\n    return a, *k.values()\n"
        calls = (
            Call("f", "a", "f", (1.0,)),
            Call("g", "a", "g", (Ref("f", (1, -1)),), {"rows": Stack((np.zeros(2), Ref("f", (1,))))}),
            Call("h", "a", "g", (Ref("f", (1, -1)),)),
        )
        _, first, second = answers(room, text, *calls)
        assert arrays(first) == [[6, 8], [[0, 0], [1, 2], [3, 4]]]
        assert arrays(second) == [[6, 8]]

    @pytest.mark.parametrize("path", [(7,), (0, 0, 0), ()])
    def test_what_builds_on_nothing_is_blocked(self, room: Supervisor, path: tuple[int, ...]) -> None:
        """Where the earlier call raised, or returned something else."""
        text = "def f(x):\n    return 1.0, 'no'\ndef g(x):\n    return 1.0\n"
        calls = (Call("f", "a", "f", (1.0,)), Call("g", "a", "g", (Ref("f", path),)))
        assert [reply.kind for reply in answers(room, text, *calls)] == ["value", "blocked"]

    @pytest.mark.parametrize(
        ("change", "labels"),
        [
            ("pass", ()),
            ("x[0] = 9", ("0",)),
            ("x[-1] = 9", ("0",)),
            ("p.b[:] = 9", ("1.b",)),
            ("p.U[:], k[:] = 9, 9", ("1.U", "k")),
            ("rows[1] = 9", ()),
        ],
    )
    def test_arguments_that_were_changed_are_named(
        self, room: Supervisor, change: str, labels: tuple[str, ...]
    ) -> None:
        """By place, by name, by field; each call has its own, so that the next one sees no change."""
        text = f"def f(x, p, rows, k):\n    before = x.sum() + p.b.sum() + k.sum()\n    {change}\n    return before\n"
        given: tuple[Value, ...] = (np.ones(3), self.PARAMS, Stack((np.ones(2), np.ones(2))))
        for reply in answers(room, text, *(Call(f"{n}", "a", "f", given, {"k": np.ones(1)}) for n in range(2))):
            assert (reply.changed, arrays(reply)) == (labels, [10.0])

    def test_functions_that_are_none(self, room: Supervisor) -> None:
        """A name for something else is as good as no function."""
        assert [reply.kind for reply in answers(room, "f = 3\n", Call("a", "a", "f", (1.0,)))] == ["absent"]


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
            ("np.ma.array([1.0, 2.0])", "", [("float64", [1, 2])]),
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
    def test_what_is_returned(self, room: Supervisor, returned: str, container: str, described: list[object]) -> None:
        """Numbers with their dtype, in the tuple that they came in; anything else by its type."""
        head = "import numpy as np\nfrom collections import namedtuple\nP = namedtuple('P', 'x')\n"
        (reply,) = performed(room, f"{head}def f(x):\n    return {returned}\n", "f").replies.values()
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
        self, room: Supervisor, body: str, type_: str, message: str, line: int, inside: bool
    ) -> None:
        """Its type, its message, and the line of the file that was running."""
        (reply,) = performed(room, f"import numpy as np\ndef f(x):\n    {body}\n", "f").replies.values()
        assert reply.error is not None
        assert (reply.kind, reply.error.type, reply.error.line, reply.error.inside) == ("raised", type_, line, inside)
        assert message in reply.error.message
        assert reply.error.text == body[:200]
        assert len(reply.error.message) <= 500
        assert not reply.error.memory

    def test_a_call_that_does_not_fit_is_in_no_line_of_theirs(self, room: Supervisor) -> None:
        """The signature is at fault, no statement."""
        (reply,) = performed(room, "def f():\n    return 1\n", "f").replies.values()
        assert reply.error is not None
        assert (reply.error.where, reply.error.line, reply.error.inside) == ("", 0, False)

    def test_memory_is_told_apart(self, room: Supervisor) -> None:
        """MemoryError is no mistake of the mathematics."""
        text = "import numpy as np\ndef f(x):\n    return np.ones(1 << 40)\n"
        (reply,) = performed(room, text, "f").replies.values()
        assert reply.error is not None
        assert reply.error.memory

    def test_printing_has_a_limit_for_the_whole_submission(self, room: Supervisor) -> None:
        """So many characters, to either stream and in all calls; from then on printing raises."""
        text = "import sys\n" + "".join(f"def {name}(x):\n    print('x' * 4999)\n    return x\n" for name in "ab")
        text += "def c(x):\n    sys.stderr.write('x' * 486)\n    return x\ndef d(x):\n    sys.stdout.write('x')\n"
        replies = performed(room, text, "a b c d").replies
        assert [reply.kind for reply in replies.values()] == ["value", "value", "value", "raised"]

    def test_numpy_warns_nobody(self, room: Supervisor) -> None:
        """A division by zero gives inf, even where the file has warnings raise."""
        text = "import numpy as np\nnp.seterr(all='raise')\ndef f(x):\n    return np.float64(x) / 0\n"
        assert value(performed(room, text, "f")) == np.inf
