"""A file is loaded as far as it goes: statement by statement, a notebook cell by cell."""

from collections.abc import Iterator

import pytest

from autograder.model.replies import Transcript
from autograder.sandbox.host.supervisor import Supervisor
from tests.performing import a_worker, perform, performed, plan_of, source

F = "def f(x):\n    return x\n"


@pytest.fixture(scope="module")
def worker() -> Iterator[Supervisor]:
    """One worker for all."""
    with a_worker() as worker:
        yield worker


def has(transcript: Transcript) -> str:
    """Return the names of the functions that are there."""
    return "".join(call[0] for call, reply in transcript.replies.items() if reply.kind != "absent")


def value(transcript: Transcript) -> float:
    """Return what f returned."""
    (part,) = transcript.replies["f/0"].parts
    assert part.values is not None
    return float(part.values)


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
        self, worker: Supervisor, head: str, there: str
    ) -> None:
        """A name that a failed import would have bound is missing; any other error is the end of the file."""
        transcript = performed(worker, f"{head}\n{F}", "f")
        assert has(transcript) == there
        assert transcript.loaded

    def test_a_statement_runs_once(self, worker: Supervisor) -> None:
        """What stands above an error is not done again when the rest is gone through."""
        text = "n = [0]\nn[0] += 1\nimport nowhere\nn[0] += 1\ndef f(x):\n    return n[0]\n"
        assert value(performed(worker, text, "f")) == 2

    def test_what_went_wrong_is_told_with_its_line(self, worker: Supervisor) -> None:
        """The type, the message, and the student's own line, as they wrote it."""
        (problem,) = performed(worker, "\n\ndef g():\n    return 1 / 0\n\ng()\n" + F, "f").problems
        assert (problem.type, problem.message) == ("ZeroDivisionError", "division by zero")
        assert (problem.where, problem.line, problem.text, problem.inside) == ("rnn.py", 4, "return 1 / 0", True)

    def test_a_syntax_error_costs_what_stands_below(self, worker: Supervisor) -> None:
        """The longest part above it that Python can read is run."""
        transcript = performed(worker, f"{F}def g(x):\n    return (\n\ndef h(x):\n    return x\n", "f g h")
        assert has(transcript) == "f"
        (problem,) = transcript.problems
        assert (problem.type, problem.line, problem.text) == ("SyntaxError", 4, "return (")

    def test_compiling_a_part_keeps_the_future_of_the_whole(self, worker: Supervisor) -> None:
        """`from __future__` counts for the statements behind it when they are run one by one, too."""
        head = "from __future__ import annotations\nimport nowhere\n"
        assert has(performed(worker, head + "def f(x: missing):\n    return x\n", "f")) == "f"

    def test_the_module_is_called_rnn(self, worker: Supervisor) -> None:
        """And can be imported by that name, as by a file's own `import rnn`."""
        text = "import rnn\ndef f(x):\n    return float(rnn.f is f and __name__ == 'rnn' and __file__ == 'rnn.py')\n"
        assert value(performed(worker, text, "f")) == 1


class TestCells:
    """A notebook's cells are run one by one, whatever becomes of the one before."""

    def test_a_cell_that_breaks_costs_its_rest(self, worker: Supervisor) -> None:
        """Cells after it are run; what it was is noted with its number."""
        cells = ("x = 1 / 0\ndef f(x):\n    return x", "def g(x):\n    return x\n((", "def h(x):\n    return x")
        transcript = perform(worker, source(*cells), plan_of("fgh"))
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
    def test_magics_are_no_python(self, worker: Supervisor, cell: str) -> None:
        """They are left out without a word, and lines keep their numbers."""
        ending = "" if cell.startswith("%%") else "\n1 / 0"
        inside = f"if True:\n{cell}" if cell.startswith(" ") else cell
        transcript = perform(worker, source(inside + ending, F), plan_of("f"))
        assert [problem.line for problem in transcript.problems] == [inside.count("\n") + 2] * bool(ending)
        assert has(transcript) == "f"

    def test_timed_cells_are_python(self, worker: Supervisor) -> None:
        """`%%time` stands before code that counts."""
        assert has(perform(worker, source("\n%%time\n" + F, "display(get_ipython())"), plan_of("f"))) == "f"

    def test_commands_of_the_shell_do_nothing(self, worker: Supervisor) -> None:
        """What a notebook's export makes of magics runs through, and what follows counts."""
        head = "get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().system('rm x')\n"
        assert has(perform(worker, source(head + F, ""), plan_of("f"))) == "f"

    def test_a_remainder_is_no_magic(self, worker: Supervisor) -> None:
        """A cell that Python can read is left as it is."""
        assert value(perform(worker, source("x = (7\n% 4)\ndef f(_):\n    return x", ""), plan_of("f"))) == 3

    def test_only_some_problems_are_kept(self, worker: Supervisor) -> None:
        """A few tell what is wrong with a notebook of broken cells."""
        transcript = perform(worker, source(*["1 / 0"] * 25, F), plan_of("f"))
        assert (len(transcript.problems), has(transcript)) == (20, "f")
