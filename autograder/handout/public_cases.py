"""The public cases: what the handout's self-check asks, with the answers of the reference, as two files.

They are a case set like those of the grader, from a seed that no run can be given: whoever learns these
answers by heart knows no hidden one. Sizes, points and tasks are those of a course's settings.
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from autograder.cases.case_sets import case_set
from autograder.handout.derivatives import derivative_facts
from autograder.model.cases import Array, Case, CaseSet
from autograder.model.loading import loaded
from autograder.model.plan import field_names, fields_of, is_record
from autograder.model.settings import Settings
from autograder.model.tolerance import NUMDIFFTOOLS_ERRORS, TAU, TAU_FLOAT32

# Settings allow seeds below this; the public seeds of courses are counted from here.
PUBLIC_SEED = 2**63


def public_cases(settings: Settings) -> CaseSet:
    """Return the public cases of a course.

    Raises:
        NoCases: nothing that can be used came of its seed and sizes.
    """
    return case_set(PUBLIC_SEED + settings.variant.seed, settings.variant.asked)


def public_files(name: str, settings: Settings) -> dict[str, bytes]:
    """Return `name`.json, the tasks, the calls and the shapes of arrays, and `name`.npz, what stands in those.

    The arrays stand one after the other in a single one: a member for each would take longer to read than to check.
    """
    pool = Pool()
    asked = {task.id: task for task in settings.worth()}
    small = loaded().small(np.random.default_rng(PUBLIC_SEED))
    cases = public_cases(settings).cases
    facts = {
        "module": loaded().module,
        "tolerance": {"float64": TAU, "float32": TAU_FLOAT32, "numerical_errors": NUMDIFFTOOLS_ERRORS},
        "tasks": [
            {
                "number": task.number,
                "id": task.id,
                "asked": task.id in asked,
                "signatures": dict(zip(task.functions, task.signatures, strict=True)),
                "parts": [asdict(part) for part in asked.get(task.id, task).parts],
            }
            for task in loaded().tasks
        ],
        "records": {kind.__name__: field_names(kind) for kind in loaded().records},
        "returns": {case.call.function: (case.container, case.items) for case in cases},
        "derivatives": dict(_derivatives(cases, small)),
        "small": {name: pool.value(value, f"small/{name}") for name, value in small.items()},
        "cases": [case_facts(case, pool) for case in cases if case.task in asked],
    }
    facts["arrays"] = {name: " ".join(map(str, array.shape)) for name, array in pool.arrays.items()}
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, entries=np.concatenate([a.ravel() for a in pool.arrays.values()]))
    return {f"{name}.json": json_lines(facts).encode(), f"{name}.npz": file.getvalue()}


def json_lines(facts: Mapping[str, object]) -> str:
    """Return JSON with a line for each item of a list or a dict in it."""
    return "{\n" + ",\n".join(f"{_json(name)}: {_items(value)}" for name, value in facts.items()) + "\n}\n"


def _items(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(map(_json, value)) + "\n]"
    if isinstance(value, dict) and value:
        return "{\n" + ",\n".join(f"{_json(name)}: {_json(item)}" for name, item in value.items()) + "\n}"
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _derivatives(cases: Sequence[Case], small: Mapping[str, object]) -> Iterator[tuple[str, dict[str, Any]]]:
    for known in (known for task in loaded().tasks for known in task.derivatives):
        asked = [case for case in cases if case.call.function == known.function]
        yield known.function + (f"-{known.item}" if known.item else ""), derivative_facts(known, asked, small)


def public_name(case: Case) -> str:
    """Return the name of a case in the handout, such as "square"; it is unique among those of its function."""
    return case.name.removeprefix(f"{case.call.function}, ")


class Pool:
    """The arrays of all cases; one that several share is stored once, under the name of its first use."""

    def __init__(self) -> None:
        self.arrays: dict[str, Array] = {}
        self._names: dict[tuple[tuple[int, ...], bytes], str] = {}

    def add(self, array: Array, name: str) -> str:
        """Put an array in, and return the name under which it is there."""
        name = self._names.setdefault((array.shape, array.tobytes()), name)
        self.arrays.setdefault(name, array)
        return name

    def value(self, value: object, name: str) -> object:
        """Return an argument as the handout's files have it; its arrays go into the pool."""
        if is_record(value):
            fields = {field: self.add(item, f"{name}.{field}") for field, item in fields_of(value).items()}
            return {"record": type(value).__name__, "fields": fields}
        return {"array": self.add(value, name)} if isinstance(value, np.ndarray) else value


def case_facts(case: Case, pool: Pool) -> dict[str, Any]:
    """Return a case as the handout's `read_case` takes it; its arrays are in the pool."""
    call, task = case.call, loaded().task_of[case.call.function]
    return {
        "id": f"{call.function}/{public_name(case)}",
        "task": case.task,
        "part": case.part,
        "function": call.function,
        "args": {
            name: pool.value(value, f"{call.id}/{name}")
            for name, value in zip(loaded().parameters(call.function), call.args, strict=False)
        },
        "kwargs": {name: pool.value(value, f"{call.id}/{name}") for name, value in call.kwargs.items()},
        "returns": case.container,
        "expected": {
            name: pool.add(array, f"{call.id}/answer/{name}")
            for name, array in zip(case.items, case.expected, strict=True)
        },
        "steps": task.rows_are_steps,
        "at_least": case.at_least.least if case.at_least else None,
        "up_to": float(case.up_to.limit) if case.up_to else None,
    }
