"""The ways in which the sandbox itself can fail. None is a student's fault, and none becomes a mark."""


class WorkerBroken(Exception):
    """A worker did not start, did not answer, or was not locked."""


class SelfTestFailed(Exception):
    """An attempt succeeded that this machine's level promises to stop: no student code may run."""


class Unprotected(Exception):
    """The machine gives limits only, and nobody asked to go on without protection."""
