"""Follow-through: what is asked to see whether a wrong answer is right for the student's own functions.

A wrapper is compared with the student's own `forward`, a gradient with the numerical gradient of the student's own
loss, a Jacobian with that of their own states. Where it agrees, the mistake was made (and paid for) further up, and
the task earns a share. What stands in for the student's own functions is chosen in `stand_in.py`.

All is asked in one process, in an order that only the trusted side knows: the calls of the functions that are followed,
and, of each wrong function further up, every judged case again and, so that inputs tell nothing, cases near it.
Whether the replies agree is decided in `agreement.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.assignment import Task
from autograder.judge.prediction import predict
from autograder.judge.values import CaseResult
from autograder.model import tolerance
from autograder.model.cases import Case, CaseSet
from autograder.model.plan import Call, Plan, Ref, Value
from autograder.model.verdict import Outcome

from ..certify import networks_of
from ..follow.stand_in import Pass, StandIn, choose
from ..networks import activation_of
from ..rnn import Params
from ..tasks import TASK_BY_ID

Array = NDArray[np.float64]
Results = Mapping[str, Sequence[CaseResult]]  # by task

#: The parameter that each gradient belongs to.
PARAMETER = {"bptt_V": "V", "bptt_W": "W", "bptt_U": "U", "bptt_b": "b", "bptt_c": "c"}
#: The group of all calls: they live and die together, and are no task's.
GROUP = "follow-through"
# Steps of a Jacobian: ∂h_3/∂h_0.
STEPS = 3
# One to spare, for one that meets a kink. A pass that is asked itself has as many neighbours on either side.
DRAWN = tolerance.DIRECTIONS + 1

StandIns = Mapping[str, StandIn]


@dataclass(frozen=True, eq=False)
class Again:
    """A judged case of a wrong function further up that is asked again, and pairs of cases on either side of it."""

    result: CaseResult
    stand_in: StandIn
    call: Call
    near: tuple[tuple[Case, Case], ...]


@dataclass(frozen=True, eq=False)
class Replay:
    """A wrapper's answer, to be built again from the student's own forward pass."""

    task: str
    result: CaseResult
    stand_ins: StandIns
    calls: tuple[Call, ...] = ()  # of the student's own forward, where that is asked itself; the last gives the rows

    @property
    def part(self) -> str:
        """The part of the task."""
        return self.result.case.part


@dataclass(frozen=True, eq=False)
class Slope:
    """A derivative, to be held against differences of the student's own function along directions."""

    task: str
    part: str
    stand_ins: StandIns
    point: Case  # of forward
    labels: Array  # (T, K)
    derivative: Call
    directions: tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class Follow:
    """The questions about the tasks of one submission that may be right for its own functions."""

    plan: Plan
    again: tuple[Again, ...]
    checks: tuple[Replay | Slope, ...]

    @staticmethod
    def of(tasks: Sequence[Task], cases: CaseSet, results: Results, outcomes: Mapping[str, Outcome]) -> "Follow | None":
        """Return what to ask, or None where following through could change nothing.

        A task is not followed where it is right, gave no values, or builds only on functions that are right.
        """
        followed = [task for task in tasks if outcomes[task.id].state in ("fail", "partial", "error")]
        return _Builder(cases, results, outcomes).build([task for task in followed if task.builds_on])


def _may_follow(result: CaseResult) -> bool:
    """Whether a wrong answer could follow from another function: by its values alone is it wrong.

    No upstream function excuses an exception, a wrong shape, a changed argument, or a translation that does
    not end where its own outputs say.
    """
    if not result.got or result.changed:
        return False
    (got, *_), (expected, *_) = result.got, result.case.expected
    if result.case.task != "many_to_many":
        return got.shape == expected.shape
    if got.ndim != 2 or got.shape[1] != expected.shape[1]:
        return False
    stop, max_steps = given(result.case)[5:7]
    stops = np.flatnonzero(np.nan_to_num(got).argmax(axis=1) == stop)
    return bool(len(got) == (stops[0] + 1 if stops.size else max_steps))


def given(case: Case) -> tuple[Any, ...]:
    """Return the arguments of a case, whose kinds follow from its function."""
    return case.call.args


def inputs_of(result: CaseResult) -> Array:
    """Return the inputs of every step of a wrapper's answer: each may follow from its own output before. (n, D)."""
    case, got = result.case, (result.got or result.case.expected)[0]
    if case.task == "many_to_one":
        return np.asarray(given(case)[1])
    first = np.asarray(given(case)[4 if case.task == "many_to_many" else 1])
    if case.task == "one_to_many":
        return np.vstack([first[None], np.zeros((len(got) - 1, len(first)))])
    fed_back = np.eye(got.shape[1])[np.nan_to_num(got).argmax(axis=1)]
    return np.vstack([first[None], fed_back[:-1]])


class _Builder:
    """Collects the checks of all tasks, and the calls that they need."""

    def __init__(self, cases: CaseSet, results: Results, outcomes: Mapping[str, Outcome]) -> None:
        self.cases, self.results, self.outcomes = cases, results, outcomes
        self.rng = np.random.default_rng(cases.lot)
        self.chosen: dict[tuple[str, str], StandIn | None] = {}
        self.again: list[Again] = []
        self.checks: list[Replay | Slope] = []

    @np.errstate(all="ignore")  # what a student's functions return may be of any size
    def build(self, tasks: Sequence[Task]) -> Follow | None:
        for task in tasks:
            wrong = [result for result in self.results[task.id] if result.finding is not None]
            lost = {result.case.part for result in wrong if not _may_follow(result)}
            for part in dict.fromkeys(result.case.part for result in wrong if result.case.part not in lost):
                self._check(task.id, [result for result in wrong if result.case.part == part])
        if not self.checks:
            return None
        used = {stand_in: None for check in self.checks for stand_in in check.stand_ins.values() if not stand_in.right}
        for stand_in in used:
            self.again += self._asked_again(stand_in)
        return Follow(Plan(tuple(self._mixed())), tuple(self.again), tuple(self.checks))

    def _mixed(self) -> list[Call]:
        """Return all calls in an order of their own, but for those that build on the one before."""
        near = [(case.call,) for again in self.again for pair in again.near for case in pair]
        asked = [check.calls if isinstance(check, Replay) else (check.derivative,) for check in self.checks]
        units: list[tuple[Call, ...]] = [*((again.call,) for again in self.again), *near, *asked]
        return [call for place in self.rng.permutation(len(units)) for call in units[place]]

    def _check(self, task: str, wrong: Sequence[CaseResult]) -> None:
        """Add what decides on one part of a task, where what is wrong further up may be followed."""
        part = wrong[0].case.part
        activation = "identity" if part == "identity" else "tanh"
        found = {name: self._stand_in(name, activation) for name in TASK_BY_ID[task].builds_on}
        known = {name: stand_in for name, stand_in in found.items() if stand_in is not None}
        if len(known) < len(found) or all(stand_in.right for stand_in in known.values()):
            return
        if "cross_entropy" not in known and task != "hidden_jacobian":
            self.checks += [self._replay(task, result, known) for result in wrong]
            return
        names = ("identity",) if activation == "identity" else ("plain", "square")
        functions = dict.fromkeys(result.case.call.function for result in wrong)
        slopes = [self._slope(task, part, function, name, known) for name in names for function in functions]
        if None not in slopes:
            self.checks += [slope for slope in slopes if slope is not None]

    def _stand_in(self, function: str, activation: str) -> StandIn | None:
        """Return what stands in for a function in a network with this activation and a summed loss."""
        key = (function, activation if function == "forward" else "sum")
        if key not in self.chosen:
            results = self.results.get(function, ())
            if function == "forward":
                matter = [result for result in results if activation_of(result.case) == activation]
            else:
                matter = [result for result in results if result.case.part == "sum"]
            earned = function in self.outcomes and self.outcomes[function].points > 0
            softmax = self.results.get("softmax", ())
            self.chosen[key] = choose(function, matter, earned=earned, softmax=softmax)
        return self.chosen[key]

    def _call(self, function: str, *args: Value, **kwargs: Value) -> Call:
        # The id tells nothing about what a call is for, nor how many there are.
        return Call(f"{function} {self.rng.integers(2**62):x}", GROUP, function, args, kwargs)

    def _asked_again(self, stand_in: StandIn) -> Iterator[Again]:
        """Ask the judged cases of a function again, with neighbours of those that what stands in for it answers."""
        answered = {key for key, chosen in self.chosen.items() if chosen == stand_in}
        for result in self.results[stand_in.function]:
            case = result.case
            kind = str(activation_of(case)) if stand_in.function == "forward" else case.part
            pairs = (DRAWN if stand_in.itself else 1) if (stand_in.function, kind) in answered else 0
            near = tuple(self._pair(case) for _ in range(pairs))
            yield Again(result, stand_in, self._call(case.call.function, *case.call.args, **case.call.kwargs), near)

    def _pair(self, case: Case) -> tuple[Case, Case]:
        """Return the cases on either side of one, at a step along a direction of all of its arrays."""
        moves = [self._move(value) for value in case.call.args]
        ahead, behind = ([_moved(*pair, side) for pair in zip(case.call.args, moves, strict=True)] for side in (1, -1))
        function, kwargs = case.call.function, case.call.kwargs
        return (
            replace(case, call=self._call(function, *ahead, **kwargs)),
            replace(case, call=self._call(function, *behind, **kwargs)),
        )

    def _move(self, value: Value) -> Any:
        if isinstance(value, Params):
            return Params(*(self._move(array) for array in value))
        # In proportion, so that no probability becomes negative.
        return value * self.rng.standard_normal(value.shape) if isinstance(value, np.ndarray) else None

    def _replay(self, task: str, result: CaseResult, stand_ins: StandIns) -> Replay:
        if not stand_ins["forward"].itself:
            return Replay(task, result, stand_ins)
        args, kwargs = given(result.case), result.case.call.kwargs
        inputs, calls = inputs_of(result), []
        params, h = args[0], args[2]
        if task == "many_to_many":
            calls.append(self._call("forward", args[0], args[2], args[3], **kwargs))
            params, h = args[1], Ref(calls[0].id, (0, -1))
        return Replay(task, result, stand_ins, (*calls, self._call("forward", params, inputs, h, **kwargs)))

    def _slope(self, task: str, part: str, function: str, name: str, stand_ins: StandIns) -> Slope | None:
        """Have a derivative differentiated at the point of a case of forward; None where that has no states to give."""
        point = next(case for case in self.cases.of("forward") if case.name == name)
        params, _, h_init = given(point)
        labels = networks_of(self.cases)[name].Y
        try:
            arguments = self._arguments(function, point, labels, stand_ins)
        except (ValueError, IndexError, TypeError):
            return None
        mode = point.call.kwargs if function not in ("bptt_V", "bptt_c") else {}
        moved = h_init if function == "hidden_jacobian" else getattr(params, PARAMETER[function])
        directions = tuple(self.rng.standard_normal(moved.shape) for _ in range(DRAWN))
        call = self._call(function, *arguments, **mode)
        return Slope(task, part, stand_ins, point, labels, call, directions)

    def _arguments(self, function: str, point: Case, labels: Array, stand_ins: StandIns) -> tuple[Value, ...]:
        """Return what a derivative is called with at a point.

        Raises:
            ValueError, IndexError, TypeError: the functions that it builds on give nothing of the right shape there.
        """
        params, X, h_init = given(point)
        H, Y_hat = self._outputs(point, stand_ins["forward"])
        if function == "hidden_jacobian":
            return params, np.vstack([h_init[None], H[:STEPS]]), STEPS, 0
        dO = np.asarray(stand_ins["output_error"].made(Y_hat, labels.copy()), np.float64)
        arguments: dict[str, tuple[Value, ...]] = {
            "bptt_V": (dO, H),
            "bptt_W": (params, dO, H, h_init),
            "bptt_U": (params, dO, X, H),
            "bptt_b": (params, dO, H),
            "bptt_c": (dO,),
        }
        return arguments[function]

    def _outputs(self, point: Case, stand_in: StandIn) -> Sequence[Array]:
        """Return the states and outputs at a point, as the student's own forward pass has them.

        Raises:
            ValueError: it has none.
        """
        if not stand_in.itself:
            found = predict(stand_in.made, point).got  # which copies what it is given: some mistakes change it
            if found is None:
                raise ValueError(point.name)
            return found
        got = next((result.got for result in self.results["forward"] if result.case is point), None)
        if Pass.of(point.call.args, got) is None or got is None:
            raise ValueError(point.name)
        return got


def _moved(value: Any, move: Any, side: int) -> Any:
    if isinstance(value, Params):
        return Params(*(_moved(*pair, side) for pair in zip(value, move, strict=True)))
    return value if move is None else value + side * tolerance.STEP * move
