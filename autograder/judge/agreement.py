"""Do the replies to a follow-through agree with the student's own functions? Pure arithmetic."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from autograder import tolerance
from autograder.judge.follow import UPSTREAM, Follow, Replay, Slope
from autograder.judge.values import close
from autograder.rubric import TASK_BY_ID
from autograder.sandbox.replies import Reply
from autograder.verdict import Outcome

Array = NDArray[np.float64]

UNIT_ROUNDOFF = 2.0**-53


def follow_through(
    follow: Follow, replies: Mapping[str, Reply], outcomes: Mapping[str, Outcome], cap: float
) -> dict[str, tuple[float, str]]:
    """Return, for each part of the task that agrees with the student's own functions, (share, why).

    `outcomes` are those of all tasks: they say what is wrong with the functions that were followed.
    """
    if cap <= 0 or not _looks_at_its_arguments(follow, replies):
        return {}
    credit = {}
    own = _named(follow, outcomes)
    for part in TASK_BY_ID[follow.task.id].parts:
        checks = [check for check in follow.checks if check.part == part.id]
        if checks and all(_agrees(check, replies) for check in checks):
            credit[part.id] = (
                cap,
                f"consistent with your own {own}: {cap:.0%} of the points for {part.what}",
            )
    return credit


def _named(follow: Follow, outcomes: Mapping[str, Outcome]) -> str:
    """Name the student's own functions that are wrong, each with its mistake where that is known."""
    named = []
    for name in UPSTREAM[follow.task.id]:
        if name in outcomes and outcomes[name].state != "pass":
            known = "; ".join(diagnosis.misconception for diagnosis in outcomes[name].diagnoses)
            named.append(f"{name} ({known})" if known else name)
    return " and ".join(named)


def _agrees(check: Replay | Slope, replies: Mapping[str, Reply]) -> bool:
    return _replays(check, replies) if isinstance(check, Replay) else _differentiates(check, replies)


def _item(replies: Mapping[str, Reply], call: str, n: int = 0) -> Array | None:
    """Return one finite array of a reply, or None."""
    parts = replies[call].parts  # none where nothing was returned
    values = parts[n].values if len(parts) > n else None
    if values is None or np.iscomplexobj(values) or not np.isfinite(values).all():
        return None
    return np.asarray(values, np.float64)


def _looks_at_its_arguments(follow: Follow, replies: Mapping[str, Reply]) -> bool:
    """Whether the student's forward answers otherwise when its inputs, U, W or V are others."""
    plain, *others = (_item(replies, call, 1) for call in follow.guard)
    if plain is None or plain.ndim != 2 or not plain.size:
        return False
    return all(
        other is not None and other.shape == plain.shape and np.abs(other - plain).max() > tolerance.VISIBLE
        for other in others
    )


def _replays(check: Replay, replies: Mapping[str, Reply]) -> bool:
    rows = [_item(replies, call, 1) for call in check.rows]
    last = [row[-1] for row in rows if row is not None and row.ndim == 2 and len(row)]
    if len(last) != len(check.got) or any(row.shape != check.got.shape[1:] for row in last):
        return False
    return close(check.got, np.array(last), tolerance.TAU)


def _measured(value: Array | None, jacobian: bool) -> Array | None:
    """Return what is differentiated: the loss, or the last of the states."""
    if value is None or not jacobian:
        return value
    return np.asarray(value[-1]) if value.ndim == 2 and len(value) else None


def _differentiates(check: Slope, replies: Mapping[str, Reply]) -> bool:
    """Central differences at h and 2h along Gaussian directions against ⟨g, v⟩, or J v for a Jacobian."""
    g = _item(replies, check.derivative)
    if g is None:
        return False
    agreed = 0
    for v, calls in check.directions:
        values = [_measured(_item(replies, call), check.jacobian) for call in calls]
        due = v.shape if check.jacobian else ()
        if any(value is None or value.shape != due for value in values):
            return False
        ahead, behind, far_ahead, far_behind = (value for value in values if value is not None)
        h = tolerance.STEP
        D, D2 = (ahead - behind) / (2 * h), (far_ahead - far_behind) / (4 * h)
        size = np.abs(D).max()
        if size < tolerance.DEGENERATE:
            return False  # the function does not see what is differentiated
        if np.abs(D - D2).max() > tolerance.KINK * size:
            continue  # a kink lies between: another direction
        if g.shape != ((len(v), len(v)) if check.jacobian else v.shape):
            return False
        claimed = g @ v if check.jacobian else np.sum(g * v)
        rounding = 8 * UNIT_ROUNDOFF * max(float(np.abs(ahead).max()), 1.0) / h
        allowed = np.abs(D - D2).max() / 3 + rounding + tolerance.RELATIVE_FLOOR * np.linalg.norm(g)
        if np.abs(D - claimed).max() > allowed:
            return False
        agreed += 1
        if agreed == tolerance.DIRECTIONS:
            return True
    return False
