"""The hints of the handout: what known mistakes return on the public cases, so that the self-check can name them.

Outputs under neutral names, and the texts beside them; the faulty functions stay here. With them a student
can tell which mistake a reply looks like, and nothing about the right answer that the public cases do not say.
"""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.assignment import Mistake, loaded
from autograder.handout.public_cases import public_name
from autograder.judge.mistakes import make_faulty
from autograder.judge.prediction import predict
from autograder.model.cases import Array, AtLeast, Case, CaseSet
from autograder.model.tolerance import STYLES_AGREE, TAU

Floats = NDArray[np.floating[Any]]

# A reply is compared to TAU. What is stored may be a tenth of that away from what the mistake returns.
_ROUNDED = TAU / 10


@cache
def hint_files(name: str, cases: CaseSet) -> dict[str, bytes]:
    """Return `name`.json, the known mistakes of each function, and `name`.npz, what they return.

    A mistake has `replies` to the cases on which it is not right: null where it raises an exception, and
    otherwise the shapes of the arrays, whose entries stand one after the other at `values`: an array of the file,
    and from where to where.
    Where it answers with infinity, anything `beyond` a number, away from zero, stands for that.
    """
    entries: dict[str, list[Floats]] = {"float32": [], "float64": []}
    sizes = dict.fromkeys(entries, 0)
    mistakes: dict[str, list[dict[str, Any]]] = {function: [] for function in loaded().signatures}
    families: dict[tuple[str, str], int] = {}
    for bug in loaded().mistakes.rows:
        facts, values = _facts(bug, cases)
        if not {"beyond", "changes"} & facts.keys() and not facts["replies"]:
            continue  # right on all that this course asks
        kind = values.dtype.name
        start, sizes[kind] = sizes[kind], sizes[kind] + values.size
        entries[kind].append(values)
        family = families.setdefault((bug.function, bug.family), len(families))
        mistakes[bug.function].append({"family": family, **facts, "values": [kind, start, sizes[kind]]})
    file = io.BytesIO()
    arrays = {kind: np.concatenate(parts) for kind, parts in entries.items() if parts}
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return {f"{name}.json": _text(mistakes).encode(), f"{name}.npz": file.getvalue()}


def _text(mistakes: dict[str, list[dict[str, Any]]]) -> str:
    """Return JSON with a line for each mistake."""
    groups = []
    for function, rows in mistakes.items():
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        groups.append(f"{json.dumps(function)}: [\n{lines}\n]")
    return "{\n" + ",\n".join(groups) + "\n}\n"


def _facts(bug: Mistake, cases: CaseSet) -> tuple[dict[str, Any], Floats]:
    """Return what is said of a mistake, and the entries of all that it returns where it is not right."""
    replies: dict[str, list[tuple[int, ...]] | None] = {}
    beyond: dict[str, float] = {}
    changes: dict[str, list[str]] = {}
    returned: list[Array] = []
    faulty = make_faulty(bug.task, [bug.id])[bug.function]
    for case in cases.of(bug.task):  # in this order, each once: some mistakes remember
        if case.call.function != bug.function:
            continue
        name, prediction = public_name(case), predict(faulty, case)
        if prediction.changed:
            changes[name] = sorted(_argument(case, label) for label in prediction.changed)
        if prediction.got is None:
            replies[name] = None
        elif case.at_least and _accepted(prediction.got[0], case.at_least):
            beyond[name] = _least(faulty, case, case.at_least)
        elif not _right(case, prediction.got):
            replies[name] = [array.shape for array in prediction.got]
            returned += prediction.got
    facts = {"looks_like": bug.misconception, "ask": bug.question, "slide": bug.slide, "replies": replies}
    rare = {"beyond": beyond, "changes": changes}
    return facts | {key: value for key, value in rare.items() if value}, _joined(returned)


def _argument(case: Case, label: str) -> str:
    """Return the name of an argument, such as "params.W", that is labelled by its position, such as "0.W"."""
    position, dot, field = label.partition(".")
    return loaded().parameters(case.call.function)[int(position)] + dot + field


def _accepted(answer: Array, rule: AtLeast) -> bool:
    """Whether an answer is what the rule accepts, or infinite with the other sign."""
    return answer.shape == () and bool(np.isinf(answer) or answer >= rule.least)


def _least(faulty: Callable[..., Any], case: Case, rule: AtLeast) -> float:
    """Return what a mistake answers to the arguments of the rule: the least that stands for infinity."""
    (least,) = predict(faulty, replace(case, call=replace(case.call, args=rule.args))).got or ()
    return round(float(least), 3)  # the last bits are of the machine, and this is text


def _right(case: Case, got: tuple[Array, ...]) -> bool:
    return len(got) == len(case.expected) and all(map(_agree, got, case.expected))


def _agree(got: Floats, expected: Floats, tau: float = STYLES_AGREE) -> bool:
    """Whether two arrays are the same within `tau` of the largest entry, nan and inf standing in the same places."""
    if got.shape != expected.shape:
        return False
    scale = np.abs(expected[np.isfinite(expected)]).max(initial=0.0)
    return np.allclose(got, expected, rtol=0.0, atol=tau * float(scale), equal_nan=True)


def _joined(arrays: list[Array]) -> Floats:
    """Return the entries of all arrays, in float32 where that tells them well enough: it halves the file."""
    with np.errstate(over="ignore"):
        short = [array.astype(np.float32) for array in arrays]
    enough = all(_agree(a, b, _ROUNDED) for a, b in zip(short, arrays, strict=True))
    joined: Floats = np.concatenate([np.zeros(0, np.float32), *(a.ravel() for a in (short if enough else arrays))])
    return joined
