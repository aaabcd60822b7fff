"""What functions that we have answer, in this process: the replies that a worker would bring."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.judge.prediction import copied, labelled
from autograder.model.plan import Plan, Ref
from autograder.model.replies import RaisedError, Reply, ReplyPart

Functions = Mapping[str, Callable[..., Any]]


def part(item: object) -> ReplyPart:
    """Return an array as a reply holds it."""
    array = np.asarray(item)
    return ReplyPart(array if array.dtype.kind == "c" else array.astype(float), str(array.dtype))


def value(*items: object, container: str = "") -> Reply:
    """Return the reply of a call that returned these arrays."""
    return Reply("value", container, tuple(map(part, items)))


def raised(error: Exception) -> Reply:
    """Return the reply of a call that raised."""
    return Reply("raised", error=RaisedError(type(error).__name__, str(error), "rnn.py", 1, "", False, True))


def answered(plan: Plan, functions: Functions) -> dict[str, Reply]:
    """Call what a plan asks for, in order, and return the replies."""
    returned: dict[str, Any] = {}
    replies: dict[str, Reply] = {}

    def given(argument: Any) -> Any:
        if isinstance(argument, Ref):
            found = returned[argument.call]
            for step in argument.path:
                found = found[step]
            return found
        return copied(argument)

    for call in plan.calls:
        try:
            args = [given(argument) for argument in call.args]
        except (KeyError, IndexError, TypeError):
            replies[call.id] = Reply("blocked")
            continue
        before = {label: array.copy() for label, array in labelled(args).items()}
        try:
            result = functions[call.function](*args, **call.kwargs)
        except Exception as error:
            replies[call.id] = raised(error)
            continue
        returned[call.id] = result
        items, container = (result, type(result).__name__) if isinstance(result, tuple) else ((result,), "")
        changed = tuple(label for label, array in labelled(args).items() if array.tobytes() != before[label].tobytes())
        replies[call.id] = Reply("value", container, tuple(map(part, items)), changed)
    return replies
