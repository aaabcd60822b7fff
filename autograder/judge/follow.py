"""Follow-through: whether a wrong answer is right for the student's own functions.

A wrapper is compared with the student's own `forward`, a gradient with the numerical gradient of the
student's own loss, a Jacobian with that of their own states. Where it agrees, the mistake was made (and
paid for) further up, and the task earns a share. Nothing is earned on functions of one's own that are
constant or do not look at their arguments: everything would agree with those.

The questions are made here as a plan of chained calls; whether the replies agree is decided in
`agreement.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autograder import tolerance
from autograder.cases import Case, CaseSet
from autograder.judge.values import CaseResult
from autograder.plan import Call, Plan, Ref, Stack, Value
from autograder.rubric import Task
from autograder.verdict import Outcome
from autograder.worlds import World

Array = NDArray[np.float64]

#: The student's own functions that each task builds on.
UPSTREAM: dict[str, tuple[str, ...]] = {
    "hidden_jacobian": ("forward",),
    **dict.fromkeys(("bptt_V", "bptt_W", "bptt_U", "bptt_bias"), ("forward", "cross_entropy", "output_error")),
    **dict.fromkeys(("one_to_one", "one_to_many", "many_to_one", "many_to_many"), ("forward",)),
}
#: The parameter that each gradient belongs to.
PARAMETER = {"bptt_V": "V", "bptt_W": "W", "bptt_U": "U", "bptt_b": "b", "bptt_c": "c"}
# One to spare, for one that meets a kink.
DRAWN = tolerance.DIRECTIONS + 1
OFFSETS = (1, -1, 2, -2)  # in units of the step h


@dataclass(frozen=True, eq=False)
class Replay:
    """A wrapper's answer, to be built again from calls of the student's own forward."""

    part: str
    rows: tuple[str, ...]  # the calls whose last outputs are the rows of the answer
    got: Array


@dataclass(frozen=True, eq=False)
class Slope:
    """A derivative, to be held against differences of the student's own function along directions."""

    part: str
    derivative: str  # the call that returns it
    directions: tuple[tuple[Array, tuple[str, ...]], ...]  # v, and the calls at OFFSETS of it
    jacobian: bool  # differentiates the last state (a vector) rather than the loss


@dataclass(frozen=True, eq=False)
class Follow:
    """The questions about one task that came out wrong."""

    task: Task
    plan: Plan
    checks: tuple[Replay | Slope, ...]
    guard: tuple[str, ...]  # calls of forward with one thing changed each; the first is the plain one

    @staticmethod
    def of(
        task: Task, cases: CaseSet, results: Mapping[str, Sequence[CaseResult]], outcomes: Mapping[str, Outcome]
    ) -> "Follow | None":
        """Return what to ask, or None where following through could change nothing.

        It cannot where the task is right, gave no values, or builds only on functions that are right.
        """
        upstream = [outcomes[name].state for name in UPSTREAM.get(task.id, ()) if name in outcomes]
        if outcomes[task.id].state not in ("fail", "partial", "error") or all(state == "pass" for state in upstream):
            return None
        follow = _Builder(task, cases).build(results[task.id])
        return follow if follow.checks else None


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
    stop, max_steps = result.case.call.args[5:7]
    stops = np.flatnonzero(np.nan_to_num(got).argmax(axis=1) == stop)
    return bool(len(got) == (stops[0] + 1 if stops.size else max_steps))


class _Builder:
    """Collects the calls of one task's questions."""

    def __init__(self, task: Task, cases: CaseSet) -> None:
        self.task = task
        self.cases = cases
        self.calls: list[Call] = []
        self.rng = np.random.default_rng(0)  # directions need not be secret: they cannot be hit by chance

    def build(self, results: Sequence[CaseResult]) -> Follow:
        wrong = [result for result in results if result.finding is not None]
        lost = {result.case.part for result in wrong if not _may_follow(result)}
        wrong = [result for result in wrong if result.case.part not in lost]
        guard = tuple(self._guard())
        checks: list[Replay | Slope] = []
        if self.task.id == "hidden_jacobian" or self.task.functions[0] in PARAMETER:
            for part in dict.fromkeys(result.case.part for result in wrong):
                checks += self._slopes(part, [result.case for result in wrong if result.case.part == part])
        else:
            checks += [self._replay(result.case, result.got[0]) for result in wrong if result.got]
        return Follow(self.task, Plan(tuple(self.calls)), tuple(checks), guard)

    def _call(self, function: str, *args: Value, **kwargs: Value) -> str:
        label = f"{self.task.id}/{len(self.calls)}"
        self.calls.append(Call(label, self.task.id, function, args, kwargs))
        return label

    def _guard(self) -> Iterator[str]:
        """Ask forward in a plain world, then with other inputs, and with other U, W and V."""
        world = self.cases.worlds["plain"]
        yield self._call("forward", world.params, world.X, world.h_init)
        yield self._call("forward", world.params, self._moved(world.X), world.h_init)
        for name in ("U", "W", "V"):
            params = world.params._replace(**{name: self._moved(getattr(world.params, name))})
            yield self._call("forward", params, world.X, world.h_init)

    def _moved(self, array: Array) -> Array:
        return array + self.rng.standard_normal(array.shape)

    def _replay(self, case: Case, got: Array) -> Replay:
        kwargs = case.call.kwargs
        if case.task == "many_to_one":
            params, X, h_init = case.call.args
            return Replay(case.part, (self._call("forward", params, X, h_init, **kwargs),), got[None])
        if case.task == "one_to_many":
            params, x, h, _ = case.call.args
            inputs = np.zeros((len(got), len(np.asarray(x))))
            inputs[:1] = x
        else:
            params, x, h = case.call.args[:3]
            if case.task == "many_to_many":
                encoder, params, X, h_init, x, *_ = case.call.args
                h = Ref(self._call("forward", encoder, X, h_init, **kwargs), (0, -1))
            # Each input follows from the student's own previous output.
            inputs = np.eye(got.shape[1])[np.nan_to_num(got).argmax(axis=1)]
            inputs = np.vstack([np.asarray(x)[None], inputs[:-1]])
        rows = []
        for x in inputs:
            rows.append(self._call("forward", params, x[None], h, **kwargs))
            h = Ref(rows[-1], (0, -1))
        return Replay(case.part, tuple(rows), got)

    def _slopes(self, part: str, wrong: Sequence[Case]) -> Iterator[Slope]:
        functions = dict.fromkeys(case.call.function for case in wrong)
        names = ("identity",) if part == "identity" else ("plain", "square")
        for world in (self.cases.worlds[name] for name in names):
            for function in functions:
                yield (
                    self._jacobian(part, world)
                    if function == "hidden_jacobian"
                    else self._gradient(part, world, function)
                )

    def _gradient(self, part: str, world: World, function: str) -> Slope:
        mode: dict[str, Value] = {} if world.recipe.activation == "tanh" else {"activation": world.recipe.activation}
        name = PARAMETER[function]
        forward = self._call("forward", world.params, world.X, world.h_init, **mode)
        dO, H = Ref(self._call("output_error", Ref(forward, (1,)), world.Y)), Ref(forward, (0,))
        arguments: dict[str, tuple[Value, ...]] = {
            "bptt_V": (dO, H),
            "bptt_W": (world.params, dO, H, world.h_init),
            "bptt_U": (world.params, dO, world.X, H),
            "bptt_b": (world.params, dO, H),
            "bptt_c": (dO,),
        }
        derivative = self._call(
            function, *arguments[function], **(mode if "params" in self._signature(function) else {})
        )

        def loss(v: Array, offset: int) -> str:
            moved = getattr(world.params, name) + offset * tolerance.STEP * v
            states = self._call("forward", world.params._replace(**{name: moved}), world.X, world.h_init, **mode)
            return self._call("cross_entropy", Ref(states, (1,)), world.Y)

        directions = [self.rng.standard_normal(getattr(world.params, name).shape) for _ in range(DRAWN)]
        return Slope(
            part, derivative, tuple((v, tuple(loss(v, n) for n in OFFSETS)) for v in directions), jacobian=False
        )

    def _signature(self, function: str) -> str:
        return next(text for text in self.task.signatures if text.startswith(function + "("))

    def _jacobian(self, part: str, world: World) -> Slope:
        """Ask for ∂h_t/∂h_0 where h_0 is a row that we choose, and for h_t from states near it."""
        mode: dict[str, Value] = {} if world.recipe.activation == "tanh" else {"activation": world.recipe.activation}
        steps = 3
        states = self._call("forward", world.params, world.X[:steps], world.h_init, **mode)
        H = Stack((world.h_init[None], Ref(states, (0,))))
        derivative = self._call("hidden_jacobian", world.params, H, steps, 0, **mode)

        def last_state(v: Array, offset: int) -> str:
            return self._call(
                "forward", world.params, world.X[:steps], world.h_init + offset * tolerance.STEP * v, **mode
            )

        directions = [self.rng.standard_normal(world.h_init.shape) for _ in range(DRAWN)]
        return Slope(
            part, derivative, tuple((v, tuple(last_state(v, n) for n in OFFSETS)) for v in directions), jacobian=True
        )
