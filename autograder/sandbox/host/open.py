"""Open a room on this machine: the best walls it gives, the limits of the run."""

from autograder.model.settings import Limits
from autograder.sandbox.host.levels import Machine, lock_spec, zygote_command
from autograder.sandbox.host.supervisor import Supervisor

# The kernel's own limit on CPU time stands a little behind the supervisor's, which can say more.
CPU_MARGIN_SECONDS = 2


def open_room(machine: Machine, limits: Limits) -> Supervisor:
    """Return a room, not yet started."""
    cpu_seconds = int(limits.submission_seconds) + CPU_MARGIN_SECONDS
    spec = lock_spec(machine, limits.memory_bytes, cpu_seconds) | {"output_bytes": limits.output_bytes}
    return Supervisor(zygote_command(machine), spec, limits)
