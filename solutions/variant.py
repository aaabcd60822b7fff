"""What one course asks otherwise than the assignment as it comes: the sizes of networks, and the activations."""

from dataclasses import dataclass

from solutions.tasks import Task

#: The part of a task that a course without the identity activation leaves out.
IDENTITY = "identity"


@dataclass(frozen=True)
class Variant:
    """Sizes of the case `plain`, from which those of all others follow, and whether φ may be the identity."""

    T: int = 9
    D: int = 3
    H: int = 5
    K: int = 4
    identity: bool = True

    def asks(self, activation: object) -> bool:
        """Whether anything is asked about a network with this activation."""
        return self.identity or activation != IDENTITY


#: The assignment as it comes.
STANDARD = Variant()


def without_identity(task: Task) -> Task:
    """Return the task without its part about the identity activation; the other parts share its points."""
    kept = tuple(part for part in task.parts if part.id != IDENTITY)
    scale = task.points / sum(part.points for part in kept)
    return task.with_parts(tuple(part.scaled(scale) for part in kept))
