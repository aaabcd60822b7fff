"""What a course can ask otherwise than the assignment as it comes: the sizes of networks, and the activations."""

from typing import Literal, Self

from pydantic import Field, model_validator

from autograder.assignment import Task
from autograder.assignment import Variant as AnyVariant

#: The part of a task that a course without the identity activation leaves out.
IDENTITY = "identity"


class Variant(AnyVariant):
    """Sizes of the case `plain`, from which those of all others follow, and whether φ may be the identity.

    Smaller sizes would hide mistakes.
    """

    T: int = Field(default=9, ge=8, le=20)
    D: int = Field(default=3, ge=3, le=12)
    H: int = Field(default=5, ge=4, le=12)
    K: int = Field(default=4, ge=4, le=12)
    activation: Literal["both", "tanh"] = "both"

    @model_validator(mode="after")
    def _sizes_differ(self) -> Self:
        if len({self.D, self.H, self.K}) < 3:
            found = f"D = {self.D}, H = {self.H}, K = {self.K}"
            raise ValueError(f"variant: found {found}; expected three different sizes: equal ones hide transposes")
        return self

    def asks(self, activation: object) -> bool:
        """Whether anything is asked about a network with this activation."""
        return self.activation == "both" or activation != IDENTITY

    def task(self, task: Task) -> Task:
        """Return a task; without the identity activation, its other parts share the points of that part."""
        kept = tuple(part for part in task.parts if self.asks(part.id))
        if len(kept) == len(task.parts):
            return task
        scale = task.points / sum(part.points for part in kept)
        return task.with_parts(tuple(part.scaled(scale) for part in kept))

    @property
    def unseen(self) -> frozenset[str]:
        """Nothing but the identity activation can show that the argument is ignored."""
        return frozenset() if self.asks(IDENTITY) else frozenset({"activation-ignored"})


#: The assignment as it comes.
STANDARD = Variant()
