"""From a seed, or a secret and a student's name, to the case set that is used.

A case set is used only when it is proved and certified: every mistake of the bug library shows on it, and in
every world the reference's gradients agree with the complex step and with numdifftools. A seed that falls
short is skipped for the next one, always alike.
"""

import hashlib
import hmac
from functools import lru_cache

import numpy as np

from autograder.cases.proof import hidden_mistake
from autograder.model.cases import CaseSet
from solutions import certify
from solutions.cases import Unsuitable, questions
from solutions.variant import STANDARD, Variant

# With a seed secret, students draw from this many case sets.
POOL = 256
MAX_SKIPS = 100


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


@lru_cache(maxsize=POOL)
def case_set(seed: int, variant: Variant = STANDARD) -> CaseSet:
    """Return the certified case set of a seed.

    Raises:
        NoCases: none was found within MAX_SKIPS attempts.
    """
    return prove(seed, variant)[1]


def prove(seed: int, variant: Variant = STANDARD) -> tuple[int, CaseSet]:
    """Return the first attempt at which a seed gives a case set that is proved and certified, and that set.

    It takes many times as long as to draw the set of an attempt that is known.

    Raises:
        NoCases: none was found within MAX_SKIPS attempts.
    """
    why = ""
    for attempt in range(MAX_SKIPS):
        try:
            cases = draw(seed, attempt, variant)
        except Unsuitable:
            why = "no sequence without near ties was found"
            continue
        worlds = cases.worlds.values()
        off = (certify.disagreement(world.problem, world.gradient) for world in worlds)
        why = hidden_mistake(cases, variant) or next(filter(None, off), "")
        if not why:
            return attempt, cases
    raise NoCases(f"seed {seed} with {variant} and the {MAX_SKIPS - 1} after it gave no usable cases; the last: {why}")


def draw(seed: int, attempt: int, variant: Variant = STANDARD) -> CaseSet:
    """Return the case set of an attempt, proved or not.

    Raises:
        Unsuitable: nothing that can be asked came of it.
    """
    rng = np.random.default_rng([attempt, seed])
    worlds, cases = questions(rng, variant)
    return CaseSet(worlds, cases, int(rng.integers(2**62)))
