"""Turn plans and jobs into frames for the worker."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.model.loading import loaded
from autograder.model.plan import Plan, Ref, Value, field_names, fields_of, is_record
from autograder.sandbox.worker import wire
from autograder.submissions import Source


def encode_plan(plan: Plan) -> bytes:
    """Return the frame of a plan."""
    body = bytearray()
    kept: set[str] = set()
    start = 0  # of the arrays of the call that is being described

    def describe(value: Value) -> Any:
        if isinstance(value, np.ndarray):  # most are
            offset = len(body) - start
            body.extend(np.asarray(value, np.float64).tobytes())
            return {"array": [value.shape, offset]}
        if is_record(value):
            named = fields_of(value)
            items = [describe(item) for item in named.values()]
            return {"record": type(value).__name__, "fields": [*named], "items": items}
        if isinstance(value, Ref):
            kept.add(value.call)
            return {"ref": [value.call, list(value.path)]}
        return value

    calls = []
    for call in plan.calls:
        start = len(body)
        described = {
            "id": call.id,
            "group": call.group,
            "function": call.function,
            "args": [describe(value) for value in call.args],
            "kwargs": {name: describe(value) for name, value in call.kwargs.items()},
        }
        calls.append(described | {"span": [start, len(body)]})
    records = {record.__name__: list(field_names(record)) for record in loaded().records}
    header = {"calls": calls, "kept": sorted(kept), "records": records}
    return wire.frame(header, bytes(body))


def encode_job(
    source: Source, calls: Sequence[str], *, skip_steps: Sequence[int] | None = None, plan: bytes = b""
) -> bytes:
    """Return the frame of a job.

    Args:
        source: the code to load.
        calls: the ids of the calls to make, in order.
        skip_steps: the top-level steps that are not to be run. The process then announces each other step before it
            runs, which costs a switch between processes each time; None: it announces none.
        plan: the frame of a plan for this job alone; without it, the calls are of the worker's plan.
    """
    header = {
        "module": loaded().module,
        "chunks": source.chunks,
        "notebook": source.kind == "ipynb",
        "calls": calls,
        "skip_steps": skip_steps,
        "brings_plan": bool(plan),
    }
    return wire.frame(header) + plan
