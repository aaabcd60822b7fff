"""Choose where submissions are graded: in processes of this machine, or on a Dask cluster."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from autograder.grading.work import Workers
from autograder.model.failures import WorkersFailed
from autograder.model.settings import Settings


@contextmanager
def open_workers(
    settings: Settings, *, jobs: int, scheduler: str | None, unprotected: bool, say: Callable[[str], None]
) -> Iterator[Workers]:
    """Lend workers for one run.

    Args:
        settings: of the run.
        jobs: processes on this machine.
        scheduler: address of a Dask scheduler, "local" for a cluster made here, None to do without Dask.
        unprotected: go on where nothing holds student code.
        say: shows a line to whoever waits.

    Raises:
        Unprotected, SelfTestFailed: nothing holds student code where it would run.
        WorkersFailed: the cluster can't be used.
    """
    if scheduler is None:
        from autograder.grading.local import LocalWorkers
        from autograder.sandbox.host.protect import protected_machine

        machine, line = protected_machine(settings.limits, unprotected=unprotected)
        with LocalWorkers(settings, machine, jobs, line) as processes:
            yield processes
        return
    try:
        from autograder.grading.cluster import open_cluster
    except ModuleNotFoundError as error:
        raise WorkersFailed(f"--scheduler needs Dask: pip install 'bptt-kit[cluster]' ({error})") from error
    with open_cluster(scheduler, settings, unprotected=unprotected, jobs=jobs, say=say) as cluster:
        yield cluster
