"""What proves a case set: when an answer shows a mistake, whose numbers a seed gives, and what may never end."""

import re
import signal
import threading
import time
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from autograder.cases.case_sets import case_set, seed_identity, seed_of
from autograder.cases.limits import Endless, limited
from autograder.cases.proof import shows
from autograder.judge.prediction import Prediction
from solutions.variant import Variant

CASES = case_set(0)
DUE = np.array([[4.0, -1.0], [0.0, 2.0]])
CASE = replace(CASES.of("bptt_W")[0], expected=(DUE, np.zeros(2)))
PRICE = next(case for case in CASES.of("cross_entropy") if case.at_least is not None)
ZEROS = np.zeros(2)


def off(place: int, by: float) -> np.ndarray:
    """Return zeros with one other entry."""
    array = np.zeros(4)
    array[place] = by
    return array.reshape(2, 2)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (Prediction((DUE, ZEROS)), False),
        (Prediction((DUE + off(3, 1.0), ZEROS)), False),
        (Prediction((DUE - off(3, 1.01), ZEROS)), True),
        (Prediction((DUE + off(0, 1.01), ZEROS)), True),
        (Prediction((DUE, ZEROS + 1e-12)), True),
        (Prediction(None), True),
        (Prediction((DUE, ZEROS), frozenset({"0"})), True),
        (Prediction((DUE,)), True),
        (Prediction((DUE, ZEROS, ZEROS)), True),
        (Prediction((DUE, ZEROS[None])), True),
        (Prediction((DUE[None], ZEROS)), True),
        (Prediction((DUE, ZEROS * np.nan)), True),
        (Prediction((DUE + off(0, np.inf), ZEROS)), True),
    ],
)
def test_what_shows_a_mistake(answer: Prediction, shown: bool) -> None:
    """Another kind of answer, or one that is off by more than a quarter of the largest entry of any of its arrays."""
    assert shows(answer, CASE, 0.25) is shown
    nothing = replace(CASE, expected=(np.zeros(0),))
    assert not shows(Prediction(nothing.expected), nothing, 0.25)


@pytest.mark.parametrize(
    ("price", "shown"), [(27.0, False), (np.inf, False), (26.99, True), (-30, True), (np.nan, True)]
)
def test_a_price_shows_a_mistake_where_it_is_too_low(price: float, shown: bool) -> None:
    """As the judge has it; another shape is wrong whatever it says."""
    assert shows(Prediction((np.asarray(price),)), PRICE, 0.25) is shown
    assert shows(Prediction((np.asarray([price]),)), PRICE, 0.25)


def test_students_draw_from_a_pool_of_256_case_sets() -> None:
    """Each is one that takes the secret to know, and so long that nobody can try all."""
    secret = b"0123456789abcdef"
    seeds = {seed_of(0, secret, f"student {n}") for n in range(4000)}
    assert len(seeds) == 256
    assert not seeds & {seed_of(1, secret, f"student {n}") for n in range(4000)}
    assert 2**120 < max(seeds) < 2**128
    assert seed_of(7, None, "student 1") == 7


def test_the_seeds_of_a_run_have_a_name() -> None:
    """It tells seeds and secrets apart."""
    assert seed_identity(3, None) == "seed 3"
    first, second = seed_identity(3, b"0123456789abcdef"), seed_identity(4, b"0123456789abcdef")
    assert all(re.fullmatch(r"seed [34], secret [0-9a-f]{16}", name) for name in (first, second))
    assert first.replace("seed 3", "seed 4") == second
    assert seed_identity(3, b"fedcba9876543210") != first


def test_what_never_ends_is_ended() -> None:
    """Whether it computes or waits, and whatever it catches."""

    def catches() -> None:
        while True:
            with suppress(Exception):
                sum(range(100))

    with pytest.raises(Endless), limited(0.02):
        catches()
    with pytest.raises(Endless), limited(0.002):
        time.sleep(60)


def test_what_ends_in_time_is_left_alone() -> None:
    """Afterwards nothing goes off any more, and signals are handled as before."""
    before = [signal.getsignal(number) for number in (signal.SIGPROF, signal.SIGALRM)]
    with limited(60):
        assert signal.getitimer(signal.ITIMER_PROF)[0] > 0
        assert signal.getitimer(signal.ITIMER_REAL)[0] == pytest.approx(1200, abs=60)
    with pytest.raises(KeyError), limited(60):
        raise KeyError
    assert [signal.getsignal(number) for number in (signal.SIGPROF, signal.SIGALRM)] == before
    assert signal.getitimer(signal.ITIMER_PROF) == signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_in_a_thread_nothing_is_limited() -> None:
    """Python interrupts the main thread alone: there the block runs as it is."""
    came = []

    def work() -> None:
        with limited(0.001):
            came.append(signal.getitimer(signal.ITIMER_REAL))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert came == [(0, 0)]


def test_cases_are_those_of_the_variant_of_a_course() -> None:
    """Without the identity nobody is asked for it."""
    tanh = case_set(0, Variant(activation="tanh"))
    assert {case.part for case in CASES.of("bptt_W")} - {case.part for case in tanh.of("bptt_W")} == {"identity"}
