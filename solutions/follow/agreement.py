"""Do the replies to a follow-through agree with the student's own functions? Pure arithmetic."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.judge.diagnosis import is_predicted
from autograder.judge.prediction import predict
from autograder.judge.values import CaseResult, close, received, same_answer
from autograder.model import tolerance
from autograder.model.cases import Case
from autograder.model.replies import Reply
from autograder.model.verdict import Outcome

from ..follow.follow import PARAMETER, STEPS, Again, Follow, Replay, Slope, given, inputs_of
from ..follow.stand_in import Pass, Shape, StandIn, has_activation
from ..rnn import Params
from ..tasks import TASK_BY_ID

Array = NDArray[np.float64]
Forward = Callable[..., Any]
Replies = Mapping[str, Reply]
OFFSETS = (1, -1, 2, -2)  # in units of the step h


@np.errstate(all="ignore")  # what a student's functions return may be of any size
def follow_through(
    follow: Follow, replies: Replies, outcomes: Mapping[str, Outcome], cap: float
) -> dict[str, dict[str, tuple[float, str]]]:
    """Return by task, for each part that agrees with the student's own functions, (share, why).

    `outcomes` are those of all tasks: they say what is wrong with the functions that were followed.
    """
    credit: dict[str, dict[str, tuple[float, str]]] = {}
    if cap <= 0:
        return credit
    own = _Own(follow, replies)
    for task, part in dict.fromkeys((check.task, check.part) for check in follow.checks):
        checks = [check for check in follow.checks if (check.task, check.part) == (task, part)]
        if own.agrees(checks):
            what = next(known.what for known in TASK_BY_ID[task].parts if known.id == part)
            why = f"right for your own {_named(task, outcomes)}: {cap:.0%} of the points for {what}"
            credit.setdefault(task, {})[part] = (cap, why)
    return credit


def answered_again(follow: Follow, replies: Replies) -> list[tuple[CaseResult, CaseResult]]:
    """Return each judged case that was asked again, as it was answered first and as it is answered now."""
    return [(again.result, received(again.result.case, replies[again.call.id])) for again in follow.again]


def _named(task: str, outcomes: Mapping[str, Outcome]) -> str:
    """Name the student's own functions that are wrong, each with its mistake where that is known."""
    named = []
    for name in TASK_BY_ID[task].builds_on:
        if name in outcomes and outcomes[name].state != "pass":
            known = "; ".join(diagnosis.misconception for diagnosis in outcomes[name].diagnoses)
            named.append(f"{name} ({known})" if known else name)
    return " and ".join(named)


class _Own:
    """A student's own functions, as far as the replies to a follow-through bear them out."""

    def __init__(self, follow: Follow, replies: Replies) -> None:
        self.replies = replies
        asked = dict.fromkeys(again.stand_in for again in follow.again)
        self.again = {one: [again for again in follow.again if again.stand_in == one] for one in asked}
        self.passes = {one: [found for again in of if (found := self._judged(again))] for one, of in self.again.items()}
        self.shapes = {again.result.case: self._shape(again) for again in follow.again if again.stand_in.itself}
        self.kept = {one for one, of in self.again.items() if all(map(self._is_kept, of)) and self._sees(one)}

    def agrees(self, checks: Sequence[Replay | Slope]) -> bool:
        """Whether all of what was asked about one part agrees."""
        if not all(stand_in.right or stand_in in self.kept for stand_in in checks[0].stand_ins.values()):
            return False
        replays = [check for check in checks if isinstance(check, Replay)]
        slopes = [check for check in checks if isinstance(check, Slope)]
        return (not replays or self._replayed(replays)) and all(map(self._differentiates, slopes))

    def _judged(self, again: Again) -> Pass | None:
        """Return what a judged case of a forward pass that is asked itself shows of its activation."""
        return Pass.of(again.result.case.call.args, again.result.got) if again.near and again.stand_in.itself else None

    def _is_kept(self, again: Again) -> bool:
        """Whether a judged case was answered as before, and those near it as what stands in for the function does."""
        if not same_answer(again.result, received(again.result.case, self.replies[again.call.id])):
            return False
        if again.stand_in.itself:
            return not again.near or self.shapes[again.result.case] is not None
        return all(self._is_predicted(case, again.stand_in) for pair in again.near for case in pair)

    def _is_predicted(self, case: Case, stand_in: StandIn) -> bool:
        return is_predicted(predict(stand_in.made, case), received(case, self.replies[case.call.id]))

    def _shape(self, again: Again) -> Shape | None:
        base = Pass.of(again.result.case.call.args, again.result.got)
        pairs = [tuple(self._pass(case.call.args, case.call.id) for case in pair) for pair in again.near]
        whole = [(ahead, behind) for ahead, behind in pairs if ahead is not None and behind is not None]
        return Shape.of(base, whole) if base is not None and whole and len(whole) == len(pairs) else None

    def _pass(self, args: Sequence[Any], call: str) -> Pass | None:
        return Pass.of(args, _items(self.replies[call]))

    def _sees(self, stand_in: StandIn) -> bool:
        """Whether a forward pass answers otherwise when its inputs, U, W or V are others, and passes it on."""
        if stand_in.function != "forward":
            return True
        if stand_in.itself:
            shapes = [shape for again in self.again[stand_in] if (shape := self.shapes[again.result.case])]
            return bool(np.concatenate([shape.passes_on for shape in shapes]).mean() >= tolerance.ALIVE_STEPS)
        point = next(again.result.case for again in self.again[stand_in] if again.near)
        params, X, h_init = given(point)
        rng = np.random.default_rng(0)
        moved = {name: rng.standard_normal(getattr(params, name).shape) for name in ("U", "W", "V")}
        others = [(params._replace(**{name: getattr(params, name) + move}), X) for name, move in moved.items()]
        outputs = []
        for theta, inputs in ((params, X), (params, X + rng.standard_normal(X.shape)), *others):
            found = predict(stand_in.made, _at(point, theta, inputs, h_init)).got
            if found is None or len(found) < 2:
                return False
            outputs.append(found[1])
        plain, *rest = outputs
        return all(other.shape == plain.shape and np.abs(other - plain).max() > tolerance.VISIBLE for other in rest)

    def _replayed(self, checks: Sequence[Replay]) -> bool:
        """Whether every answer is that of the student's own forward, in one way of calling it."""
        stand_in = checks[0].stand_ins["forward"]
        if stand_in.itself:
            return all(self._asked(check, self.passes[stand_in]) for check in checks)
        ways = product(("all", "steps"), ("all", "so far", "steps"))
        return any(all(_follows(check, stand_in.made, *way) for check in checks) for way in ways)

    def _asked(self, check: Replay, known: Sequence[Pass]) -> bool:
        """Whether an answer has the rows of the student's own forward, which is the same network there."""
        *encoder, rows = check.calls
        args = given(check.result.case)
        inputs, h = inputs_of(check.result), args[2]
        params = args[0]
        if encoder:
            states = self._pass((args[0], args[2], args[3]), encoder[0].id)
            if states is None or not has_activation(states, known):
                return False
            params, h = args[1], states.H[-1]
        found, items = self._pass((params, inputs, h), rows.id), _items(self.replies[rows.id])
        return found is not None and items is not None and has_activation(found, known) and _fits(check, items[1])

    def _differentiates(self, check: Slope) -> bool:
        """Whether a derivative agrees with differences of the loss, or of the last state, along directions."""
        part = next(iter(self.replies[check.derivative.id].parts), None)
        items = _items(self.replies[check.derivative.id])
        forward = check.stand_ins["forward"]
        shape = self.shapes.get(check.point) if forward.itself else None
        run = shape.forward if shape is not None else forward.made
        measure = _last_state(check, run) if check.derivative.function == "hidden_jacobian" else _loss(check, run)
        if items is None or len(items) != 1 or part is None:
            return False
        along = (Along(v, [measure(offset * tolerance.STEP * v) for offset in OFFSETS]) for v in check.directions)
        floor = tolerance.TAU_FLOAT32 if part.dtype == "float32" else tolerance.RELATIVE_FLOOR
        return agrees_along(items[0], along, floor=floor, jacobian=check.derivative.function == "hidden_jacobian")


def _at(point: Case, params: Params, X: Array, h_init: Array) -> Case:
    """Return a case of forward with other arguments."""
    return replace(point, call=replace(point.call, args=(params, X, h_init)))


def _items(reply: Reply) -> tuple[Array, ...] | None:
    """Return the arrays of a reply, or None where they are not all real and finite."""
    if reply.kind != "value" or not reply.parts:
        return None
    values = [part.values for part in reply.parts]
    if any(array is None or np.iscomplexobj(array) or not np.isfinite(array).all() for array in values):
        return None
    return tuple(np.asarray(array, np.float64) for array in values)


def _fits(check: Replay, outputs: Array) -> bool:
    """Whether an answer is the outputs of all steps, or of the last one."""
    got = (check.result.got or (np.zeros(0),))[0]
    due = outputs[-1] if check.task == "many_to_one" and len(outputs) else outputs
    return due.shape == got.shape and bool(np.isfinite(due).all()) and close(got, due, tolerance.TAU)


def _follows(check: Replay, forward: Forward, reading: str, writing: str) -> bool:
    """Whether an answer is that of a forward pass, whose calls a wrapper may cut in several ways."""
    args, mode = given(check.result.case), check.result.case.call.kwargs
    params, h = args[0], args[2]
    try:
        if check.task == "many_to_many":
            states = _run(forward, reading, (args[0], args[2], args[3]), mode)[0]
            params, h = args[1], np.asarray(states[-1], np.float64)
        outputs = _run(forward, writing, (params, inputs_of(check.result), h), mode)[1]
    except (ValueError, IndexError, TypeError):
        return False
    return _fits(check, outputs)


def _run(forward: Forward, way: str, args: tuple[Params, Array, Array], mode: Mapping[str, Any]) -> tuple[Array, Array]:
    """Return states and outputs of a forward pass: in one call, step by step, or each of the sequence so far."""
    params, X, h = args
    if way == "all":
        H, Y_hat = forward(params, X, h.copy(), **mode)
        return H, Y_hat
    rows = []
    for t in range(len(X)):
        H, Y_hat = forward(params, X[t : t + 1] if way == "steps" else X[: t + 1], h.copy(), **mode)
        rows.append((H[-1], Y_hat[-1]))
        h = H[-1] if way == "steps" else h
    states, outputs = zip(*rows, strict=True)
    return np.array(states), np.array(outputs)


def _loss(check: Slope, forward: Forward) -> Callable[[Array], Any]:
    params, X, h_init = given(check.point)
    name = PARAMETER[check.derivative.function]
    cost = check.stand_ins["cross_entropy"].made

    def loss(move: Array) -> Any:
        theta = params._replace(**{name: getattr(params, name) + move})
        return cost(forward(theta, X, h_init.copy(), **check.point.call.kwargs)[1], check.labels.copy())

    return loss


def _last_state(check: Slope, forward: Forward) -> Callable[[Array], Any]:
    params, X, h_init = given(check.point)
    return lambda move: forward(params, X[:STEPS], h_init + move, **check.point.call.kwargs)[0][-1]


class Along(NamedTuple):
    """What a function is at OFFSETS along a direction, in units of the step."""

    v: Array
    values: Sequence[Any]


def agrees_along(g: Array, directions: Iterator[Along], *, floor: float, jacobian: bool) -> bool:
    """Whether central differences at h and 2h along Gaussian directions agree with ⟨g, v⟩, or J v for a Jacobian."""
    agreed, h = 0, tolerance.STEP
    for v, values in directions:
        ahead, behind, far_ahead, far_behind = (np.asarray(value, np.float64) for value in values)
        if any(np.shape(value) != (v.shape if jacobian else ()) for value in values):
            return False
        D, D2 = (ahead - behind) / (2 * h), (far_ahead - far_behind) / (4 * h)
        size = np.abs(D).max()
        if not size >= tolerance.DEGENERATE:
            return False  # the function does not see what is differentiated
        if np.abs(D - D2).max() > tolerance.KINK * size:
            continue  # a kink lies between: another direction
        if g.shape != ((len(v), len(v)) if jacobian else v.shape):
            return False
        claimed = g @ v if jacobian else np.sum(g * v)
        rounding = 8 * tolerance.UNIT_ROUNDOFF * max(float(np.abs(ahead).max()), 1.0) / h
        allowed = np.abs(D - D2).max() / 3 + rounding + floor * np.linalg.norm(g)
        if not np.abs(D - claimed).max() <= allowed:
            return False
        agreed += 1
        if agreed == tolerance.DIRECTIONS:
            return True
    return False
