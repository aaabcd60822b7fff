"""From a seed, or a secret and a student's name, to the case set that is used.

A case set is used only when it is proved and certified: every known mistake shows on it, and the
assignment has nothing against it (as a rule, that gradients of the reference agree with numerical ones). Where a task
has no known mistakes, mutants of the reference stand for them. A seed that falls short is skipped for the next one,
always alike.
"""

import hashlib
import hmac
from functools import lru_cache

import numpy as np

from autograder.assignment import Assignment, AssignmentError, Unsuitable, Variant
from autograder.cases import mutant_trials
from autograder.cases.drawing import draw
from autograder.cases.mutation_proof import hidden_mutants, see_answers_differ
from autograder.cases.proof import hidden_mistake
from autograder.judge.prediction import labelled
from autograder.model.cases import Case, CaseSet
from autograder.model.loading import loaded
from autograder.model.plan import is_record

# With a seed secret, students draw from this many case sets.
POOL = 256
MAX_SKIPS = 100
# So many seeds on which a mutant survives are no bad luck.
MAX_SURVIVED = 5

#: Attempts at which this process proved a case set, by assignment, seed and variant.
_proved: dict[tuple[Assignment, int, Variant], int] = {}


class NoCases(Exception):
    """No certified case set was found: the recipes, the reference or numpy are broken."""


def seed_of(seed: int, secret: bytes | None, student_id: str) -> int:
    """Return the seed of a student's cases.

    Without a secret everybody has the same. With one, it takes the secret to know which of the pool a
    student has, or what is in it.
    """
    if secret is None:
        return seed
    place = int.from_bytes(_keyed(secret, f"student {student_id}")) % POOL
    return int.from_bytes(_keyed(secret, f"case set {place} of seed {seed}")[:16])


def seed_identity(seed: int, secret: bytes | None) -> str:
    """Return what tells one run's seeds from another's, without giving the secret away."""
    return f"seed {seed}" if secret is None else f"seed {seed}, secret {_keyed(secret, 'identity').hex()[:16]}"


def _keyed(secret: bytes, message: str) -> bytes:
    return hmac.new(secret, message.encode(), hashlib.sha256).digest()


def case_set(seed: int, variant: Variant | None = None) -> CaseSet:
    """Return the certified case set of a seed; without a variant, of the assignment as it comes.

    Raises:
        NoCases: none was found within MAX_SKIPS attempts.
    """
    return _kept(loaded(), seed, variant or loaded().variant())


@lru_cache(maxsize=POOL)
def _kept(_: Assignment, seed: int, variant: Variant) -> CaseSet:
    return prove(seed, variant)[1]


def prove(seed: int, variant: Variant | None = None) -> tuple[int, CaseSet]:
    """Return the first attempt at which a seed gives a case set that is proved and certified, and that set.

    It takes many times as long as to draw the set of an attempt that is known.

    Raises:
        NoCases: none was found within MAX_SKIPS attempts.
        AssignmentError: a mutant survives again and again, nobody can get a task wrong, the reference fails, or
            the same seed gives other questions the next time.
    """
    why, variant, hidden = "", variant or loaded().variant(), 0
    for attempt in range(MAX_SKIPS):
        try:
            cases = draw(seed, attempt, variant)
        except Unsuitable as error:
            why = str(error)
            continue
        _see_drawn_alike(seed, attempt, variant, cases)
        why = hidden_mistake(cases, variant) or loaded().certify(cases)
        if not why and (why := _surviving(seed, attempt, variant, cases)):
            hidden += 1
        if not why:
            _proved[loaded(), seed, variant] = attempt
            return attempt, cases
        if hidden == MAX_SURVIVED:
            raise AssignmentError(f"{loaded().file}: its cases let mistakes pass. {why}")
    raise NoCases(
        f"{loaded().folder}: of {MAX_SKIPS} case sets, drawn for seed {seed}, none can be used; the last: {why}"
    )


def proved_here(seed: int, variant: Variant) -> int | None:
    """Return the attempt at which this process proved the case set of a seed, None where it did not."""
    return _proved.get((loaded(), seed, variant))


def _see_drawn_alike(seed: int, attempt: int, variant: Variant, cases: CaseSet) -> None:
    """See that a seed gives the same questions again: each process that grades draws them for itself.

    Raises:
        AssignmentError: it does not.
    """
    again = draw(seed, attempt, variant).cases
    for one, other in zip(cases.cases, again, strict=False):
        if len(again) != len(cases.cases) or _question(one) != _question(other):
            raise AssignmentError(
                f"{loaded().folder}: draw, called with the same seed again, asks something else in the case "
                f"{one.name!r} of {one.task}, or another number of cases. Take all that is random from the dice that "
                "draw is given"
            )


def _question(case: Case) -> tuple[object, ...]:
    """Return all that is asked in a case, to be compared."""
    arrays = labelled(case.call.args).items()
    contents = [(label, array.dtype.str, array.shape, array.tobytes()) for label, array in arrays]
    # Numpy takes longer to write an array as text than all else of a proof.
    others = [arg for arg in case.call.args if not isinstance(arg, np.ndarray) and not is_record(arg)]
    return case.call.id, case.part, repr(others), repr(case.call.kwargs), contents


def _surviving(seed: int, attempt: int, variant: Variant, cases: CaseSet) -> str:
    """Return the mutants that these cases do not show, as lines, and that others would; "" where there is none."""
    if not mutant_trials.unproved():
        return ""
    try:
        others = draw(seed, MAX_SKIPS + attempt, variant)
    except Unsuitable:
        others = None
    see_answers_differ([*cases.cases, *(others.cases if others else ())])
    return hidden_mutants(mutant_trials.states(cases, others))
