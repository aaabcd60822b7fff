"""A process that grades for the coordinator on this machine: takes a job, gives its verdict back, and again."""

from contextlib import suppress
from multiprocessing.connection import Connection

from autograder.grading.grader import Grader


def serve(descriptor: str) -> None:
    """Serve until the coordinator closes the connection, or asks for the end."""
    with Connection(int(descriptor)) as coordinator, suppress(EOFError, BrokenPipeError, ConnectionResetError):
        settings, machine = coordinator.recv()
        grader = Grader(settings, None, machine)
        coordinator.send(None)  # ready
        try:
            while True:
                coordinator.send(grader.do(coordinator.recv()))
        finally:
            grader.close()
