"""A second process is saved only if nothing can be left behind: which files are stateless, and which are not."""

import sys
from pathlib import Path

import pytest

from autograder.sandbox.host.levels import WORKER
from tests.conftest import REFERENCE, edited, lost

STYLES = Path(__file__).parents[1] / "solutions" / "styles"
HEAD = "import numpy as np\n"


@pytest.fixture(scope="module")
def stateless():
    """Load a text as the worker does, and return whether it is stateless."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(WORKER))
        import loader
        import stateless

        def ask(text):
            one = loader.Loader("a_students_file", [("rnn.py", text)], notebook=False)
            module = one.load()
            assert not one.problems
            return stateless.stateless(vars(module), one.given, one.lines)

        yield ask
        sys.modules.pop("a_students_file")
        for name in ("loader", "stateless"):
            sys.modules.pop(name, None)


@pytest.mark.parametrize(
    "style", ["double_sum", "einsums", "list_then_array", "loops", "recursive", "single_precision"]
)
def test_ordinary_functions_are_stateless(stateless, style):
    """Functions that compute something from their arguments, with helpers, constants and named tuples, keep nothing."""
    assert stateless((STYLES / f"{style}.py").read_text(encoding="utf-8"))
    assert stateless(REFERENCE)


KEEPING = {
    "a global that is counted up": "n = 0\ndef f(x):\n    global n\n    n += 1\n    return x + n",
    "a list that is appended to": "seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)",
    "an array that is written into": "A = np.zeros(3)\ndef f(x):\n    A[0] += x\n    return A[0]",
    "a table that might be": "TABLE = {}\ndef f(x):\n    return TABLE.get(x)",
    "a queue of the library": (
        "from collections import deque\nq = deque()\ndef f(x):\n    q.append(x)\n    return len(q)"
    ),
    "an array in a constant tuple": "A = (np.zeros(3),)\ndef f(x):\n    A[0][0] += x\n    return A[0][0]",
    "a default that can change": "def f(x, seen=[]):\n    seen.append(x)\n    return len(seen)",
    "a default for a keyword": "def f(x, *, seen=[]):\n    seen.append(x)\n    return len(seen)",
    "a cache": "from functools import cache\n@cache\ndef f(x):\n    return x",
    "an attribute of the function": "def f(x):\n    f.last = x\n    return x",
    "an attribute set before": "def f(x):\n    return f.seen\nf.seen = [1]",
    "a variable of an outer function": (
        "def outer():\n    n = [0]\n    def f(x):\n        n[0] += 1\n        return n[0]\n    return f\nf = outer()"
    ),
    "a number with a memory": "class N(float):\n    pass\nn = N(1)\ndef f(x):\n    return n + x",
    "one array among constants": "A = (1, np.zeros(1))\ndef f(x):\n    return A",
    "a record of a record": (
        "from typing import NamedTuple\nclass P(NamedTuple):\n    U: float\nclass Q(P):\n    h = []\n"
        "def f(x):\n    return Q(x).h"
    ),
    "one default among constants": "def f(x, n=1, seen=[]):\n    return seen",
    "an object": "class Net:\n    h = 0.0\nnet = Net()\ndef f(x):\n    return net.h",
    "a class": "class Net:\n    h = []\ndef f(x):\n    Net.h.append(x)\n    return x",
    "a record with a method": (
        "from typing import NamedTuple\nclass P(NamedTuple):\n    U: float\n"
        "    def put(self):\n        np.tanh = np.sin\ndef f(x):\n    return P(x).U"
    ),
    "numpy's settings": "def f(x):\n    np.seterr(all='raise')\n    return x",
    "numpy's generator": "def f(x):\n    return np.random.rand()",
    "a function of numpy by name": "from numpy import seterr\ndef f(x):\n    seterr(all='raise')\n    return x",
    "another function in numpy's place": "def f(x):\n    np.tanh = np.sin\n    return x",
    "the same by a string": "def f(x):\n    setattr(np, 'tanh', np.sin)\n    return x",
    "the same by a dictionary": "def f(x):\n    vars(np)['tanh'] = np.sin\n    return x",
    "the same in an inner function": "def f(x):\n    def g():\n        np.tanh = np.sin\n    g()\n    return x",
    "the same in a lambda": "f = lambda x: setattr(np, 'tanh', np.sin)",
    "the same after an import": "def f(x):\n    import builtins\n    return x",
    "text that is run": "def f(x):\n    exec('np.tanh = np.sin')\n    return x",
    "an alarm": "import signal\ndef f(x):\n    signal.alarm(1)\n    return x",
    "output, of which there is only so much": "def f(x):\n    print(x)\n    return x",
    "a name that nobody knows": "def f(x):\n    return np.something_new(x)",
}


@pytest.mark.parametrize("text", KEEPING.values(), ids=KEEPING)
def test_what_may_keep_something_is_not(stateless, text):
    """Whatever could reach from one call into another gets its second look."""
    assert not stateless(HEAD + text + "\n")


HARMLESS = {
    "constants": "A, B, C, D, E = 1, 2.5, 'x', None, ...\ndef f(x):\n    return x * A",
    "more constants": "A, B, C = True, b'x', 1j\ndef f(x):\n    return x * C",
    "constants of numpy": "EPS, PI = np.finfo(float).eps, np.float64(3)\ndef f(x):\n    return x * PI",
    "a tuple of constants": "SIZES = (1, (2, 3))\ndef f(x):\n    return x * SIZES[1][0]",
    "types": "from numpy.typing import NDArray\nArray = NDArray[np.float64]\ndef f(x: Array) -> Array:\n    return x",
    "a union of types": "Number = int | float\ndef f(x: Number):\n    return x",
    "typing": "from typing import Any, Callable, TypeVar\nT = TypeVar('T')\ndef f(x: Any):\n    return x",
    "annotations": "from __future__ import annotations\ndef f(x: missing):\n    return x",
    "a module": "import math\ndef f(x):\n    return x",
    "a function of math": "from math import sqrt\ndef f(x):\n    return sqrt(x)",
    "a function of numpy": "from numpy import tanh, einsum\ndef f(x):\n    return tanh(x)",
    "a copy": "from copy import deepcopy\ndef f(x):\n    return deepcopy(x)",
    "defaults": "def f(x, n=1, *, mode='tanh', size=(1, 2)):\n    return x",
    "a named tuple": "from typing import NamedTuple\nclass P(NamedTuple):\n    U: float\ndef f(p):\n    return P(p.U)",
    "another": "from collections import namedtuple\nP = namedtuple('P', 'U W')\ndef f(p):\n    return P(p.U, p.W)",
    "an inner function": "def f(x):\n    def g(y):\n        return y + x\n    return g(x)",
    "a function of its own": "def g(x):\n    return x\ndef f(x):\n    return g(x)",
    "a lambda": "f = lambda x: np.tanh(x)",
}  # fmt: skip


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_what_keeps_nothing_is_stateless(stateless, text):
    """Each kind of thing that an ordinary file has at its top level."""
    assert stateless(HEAD + text + "\n")


def test_a_task_that_spoils_another_costs_it_nothing(grade):
    """A file that is not stateless is looked at twice: what a task leaves behind costs no later one its marks."""
    spoiling = edited(("return dO.T @ H  # the sum", "np.tanh = np.sin; return 0.0 * dO.T @ H  # the sum"))
    assert lost(grade(spoiling)) == {"bptt_V": "fail"}
