"""What relations in wrong answers may depend on in this assignment: the table that the self-check has as well."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.judge.relations import Relations
from autograder.judge.seen import times
from autograder.model.cases import Case
from autograder.model.loading import loaded


def _table() -> ModuleType:
    """Load the file by its path: the package around it needs files that a release makes."""
    spec = spec_from_file_location("selfcheck_facts", Path(__file__).parent / "handout" / "selfcheck" / "facts.py")
    if spec is None or spec.loader is None:
        raise ImportError("selfcheck/facts.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_TABLE = _table()
CaseFacts = _TABLE.CaseFacts


def facts_of(case: Case) -> Any:
    """Return what a relation may depend on, read off a case's arguments."""
    names = loaded().parameters(case.call.function)
    return _TABLE.facts_of(dict(zip(names, case.call.args, strict=False)) | case.call.kwargs)


RELATIONS = Relations(
    facts=facts_of,
    relations=(*((sentence, times(factor)) for sentence, factor in _TABLE.FACTORS), *_TABLE.RELATIONS),
    conditions=_TABLE.CONDITIONS,
    forgives=_TABLE.forgives,
    looks=_TABLE.LOOKS,
)
