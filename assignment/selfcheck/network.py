"""Your functions on a small network, for the properties: what they return is read as arrays of the right shapes."""

from typing import cast

from .cases import SMALL, Array, Record
from .compare import as_finite, read
from .student import Student


class Own:
    """The student's functions on the small network, with their replies read as arrays."""

    def __init__(self, student: Student) -> None:
        self.student = student
        self.theta = cast(Record, SMALL["params"]).arrays

    # Copies each time: a function that changes its arguments must not change those of the next.
    def array(self, name: str) -> Array:
        """Return an input of the small network."""
        return cast(Array, SMALL[name]).copy()

    def params(self) -> object:
        """Return the student's own `Params`."""
        return self.student.invoke("Params", **{name: array.copy() for name, array in self.theta.items()})

    def forward(self, params: object, X: Array, h_init: Array) -> tuple[Array, Array]:
        """Return H and Y_hat of their forward. Raises Wrong where these are no such arrays."""
        T, (K, H) = len(X), self.theta["V"].shape
        arrays = read(self.student.invoke("forward", params, X, h_init), "tuple", {"H": (T, H), "Y_hat": (T, K)})
        return as_finite("H", arrays["H"]), as_finite("Y_hat", arrays["Y_hat"])

    def loss(self, Y_hat: Array) -> Array:
        """Return their loss, summed."""
        reply = self.student.invoke("cross_entropy", Y_hat, self.array("Y"))
        return as_finite("the loss", read(reply, "array", {"the loss": ()})["the loss"])
