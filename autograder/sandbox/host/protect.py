"""Find out how this machine is protected from student code, prove it, and say so in words."""

from autograder.model.settings import Limits
from autograder.sandbox.host.errors import Unprotected
from autograder.sandbox.host.levels import Machine, detect
from autograder.sandbox.host.selftest import self_test


def protected_machine(limits: Limits, *, unprotected: bool) -> tuple[Machine, str]:
    """Return this machine and one line about its protection, once the self-test has passed.

    Raises:
        Unprotected: only limits are to be had, and `unprotected` does not accept that.
        SelfTestFailed: something got through that should not.
    """
    machine = detect()
    if machine.level == "limits only" and not unprotected:
        raise Unprotected(
            "this machine gives no protection from student code, only limits of time and memory: see `bptt doctor` "
            "for what is missing, or add --unprotected if you trust every submission"
        )
    probes = self_test(machine, limits)
    return machine, describe(machine, probes)


def describe(machine: Machine, probes: int) -> str:
    """Return the line that every run and every report shows."""
    if machine.level == "limits only":
        return "Sandbox: limits only. Student code can read and write what you can: UNPROTECTED (see: bptt doctor)."
    more = "" if machine.level == "full" else " See `bptt doctor` for what would make it full."
    return f"Sandbox: {machine.level}, {len(machine.layers)} layers; {probes} of {probes} probes were stopped.{more}"


def examination(machine: Machine) -> list[str]:
    """Return what `bptt doctor` prints: the level, the layers, what is missing and what to do about it."""
    lines = [f"level: {machine.level}", *(f"{name}: {value}" for name, value in machine.facts.items())]
    isolation = [f"isolation ({machine.isolation})"] if machine.isolation else []
    lines.append(f"layers: {', '.join([*isolation, *machine.layers])}")
    lines += [f"missing: {missing.layer}: {missing.why}\n  to have it: {missing.remedy}" for missing in machine.missing]
    return lines
