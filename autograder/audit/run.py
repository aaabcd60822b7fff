"""An audit from the first share of work to the totals, in this process or over several."""

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TypeVar

from autograder.audit.bench import Bench
from autograder.audit.mistakes import all_pairs, audit_pairs, audit_singles
from autograder.audit.rewrites import rewrites
from autograder.audit.submissions import audit_mutants, audit_styles, styles
from autograder.audit.tally import Part, Tally, Target, targets, together
from autograder.cases import case_sets
from autograder.cases.mutants import Mutant, some_mutants, some_pairs
from autograder.model.loading import loaded, place, use
from autograder.sandbox.host.levels import Machine, detect

Result = TypeVar("Result")

# A share of the work is done in seconds, so that progress shows and processes end together.
_PAIRS_IN_SHARE = 100
_MUTANTS_IN_SHARE = 25


@dataclass(frozen=True)
class Size:
    """How much is audited."""

    seeds: int  # case sets: those of the seeds 0, 1, …
    pairs: int | None = None  # how many pairs of mistakes; None: every pair
    seeds_per_pair: int = 1
    mutants: int = 1000  # spread over the seeds, where there are so many
    mutant_pairs: int = 400  # two edits of one function, likewise


LONG = Size(seeds=20, seeds_per_pair=2)
QUICK = Size(seeds=1, pairs=150, mutants=60, mutant_pairs=20)


@dataclass(frozen=True)
class Report:
    """What an audit found."""

    size: Size
    totals: dict[Part, Tally]
    distinct_pairs: int
    seconds: float

    @property
    def targets(self) -> tuple[Target, ...]:
        """The targets, met or missed."""
        return targets(self.totals)

    @property
    def met(self) -> bool:
        """Whether every target is met."""
        return all(target.met for target in self.targets)


@dataclass(frozen=True)
class _Share:
    """A piece of work on one case set: which of its part's items, as a slice of them all."""

    part: Part
    seed: int
    items: slice
    size: Size

    def done_by(self, bench: Bench) -> Tally:
        """Do it."""
        if self.part == "styles":
            return audit_styles(bench, self.seed, styles())
        if self.part == "rewrites":
            return audit_styles(bench, self.seed, rewrites(), self.part)
        if mutants := _mutants(self.size).get(self.part):
            return audit_mutants(bench, self.seed, mutants[self.items], self.part)
        cases = case_sets.case_set(self.seed)
        if self.part == "single mistakes":
            tally = audit_singles(cases, self.seed)
            if self.seed == 0:  # more case sets give the same shares
                tally.followed += loaded().downstream(cases)
            return tally
        return audit_pairs(cases, self.seed, _pairs(self.size)[self.items])


def run_audit(size: Size, jobs: int, on_share: Callable[[int, int], None]) -> Report:
    """Audit the judge.

    Args:
        size: how much of everything.
        jobs: how many processes.
        on_share: called with (shares done, shares in all) after each.

    Raises:
        WorkerBroken: the worker failed, so that nothing can be said.
    """
    start = time.monotonic()
    shares = list(_shares(size))
    machine = detect()
    tallies = []
    for tally in spread(machine, [share.done_by for share in shares], jobs):
        tallies.append(tally)
        on_share(len(tallies), len(shares))
    return Report(size, together(tallies), len(_pairs(size)), time.monotonic() - start)


def _pairs(size: Size) -> Sequence[tuple[str, tuple[str, ...]]]:
    """Return the pairs of an audit: all, or so many from every task."""
    pairs = all_pairs()
    return pairs if size.pairs is None or not pairs else pairs[:: -(-len(pairs) // size.pairs)]


def _mutants(size: Size) -> dict[Part, Sequence[Mutant]]:
    """Return the mutants of an audit, and pairs of them."""
    return {"mutants": some_mutants(size.mutants), "pairs of mutants": some_pairs(size.mutant_pairs)}


def _shares(size: Size) -> Iterator[_Share]:
    """Yield the work, seed by seed: a process makes few case sets more than once."""
    pairs = len(_pairs(size))
    stride = max(1, size.seeds // size.seeds_per_pair)
    for seed in range(size.seeds):
        whole = slice(None)
        yield _Share("styles", seed, whole, size)
        yield _Share("rewrites", seed, whole, size)
        yield _Share("single mistakes", seed, whole, size)
        for items in _slices(seed % stride, pairs, stride, _PAIRS_IN_SHARE):
            yield _Share("pairs of mistakes", seed, items, size)
        for part, mutants in _mutants(size).items():
            for items in _slices(seed, len(mutants), size.seeds, _MUTANTS_IN_SHARE):
                yield _Share(part, seed, items, size)


def _slices(start: int, stop: int, step: int, count: int) -> Iterator[slice]:
    """Cut the slice start:stop:step into slices of at most `count` items."""
    for first in range(start, stop, step * count):
        yield slice(first, min(stop, first + step * count), step)


def spread(machine: Machine, work: Sequence[Callable[[Bench], Result]], jobs: int) -> Iterator[Result]:
    """Yield what comes of each piece of work, in order, from so many processes with a bench each.

    Raises:
        WorkerBroken: the worker failed.
    """
    if jobs == 1:
        with Bench(machine) as bench:
            yield from (piece(bench) for piece in work)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), _start_process, (machine, place())) as pool:
        try:
            yield from pool.map(_do, work)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_benches: list[Bench] = []  # in a process of the pool, its one bench


def _start_process(machine: Machine, assignment: str) -> None:
    use(assignment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the coordinator's to handle
    _benches.append(Bench(machine))


def _do(piece: Callable[[Bench], Result]) -> Result:
    return piece(_benches[0])
