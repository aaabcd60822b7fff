"""How the sandbox itself can fail. None of these is ever a student's fault, and none becomes a mark."""


class RoomBroken(Exception):
    """A room did not start, did not answer, or was not locked."""


class SelfTestFailed(Exception):
    """Something got through that this machine's level promises to stop: no student code may run."""


class Unprotected(Exception):
    """Only limits are to be had here, and nobody asked to go on without protection."""
