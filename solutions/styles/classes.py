"""Style: objects; a cell that steps, an activation that knows its slope, a backward pass that keeps its deltas."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import numpy as np


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


class Phi(ABC):
    kinds: ClassVar[dict[str, type[Phi]]] = {}

    def __init_subclass__(cls) -> None:
        Phi.kinds[cls.__name__.lower()] = cls

    @classmethod
    def named(cls, name: str) -> Phi:
        return cls.kinds[name]()

    @abstractmethod
    def __call__(self, a): ...

    @abstractmethod
    def slope(self, h): ...


class Tanh(Phi):
    def __call__(self, a):
        return np.tanh(a)

    def slope(self, h):
        return 1.0 - np.power(h, 2)


class Identity(Phi):
    def __call__(self, a):
        return +a

    def slope(self, h):
        return np.full_like(h, 1.0)


@dataclass
class Distribution:
    logits: np.ndarray

    @property
    def probabilities(self):
        shifted = self.logits - self.logits.max(axis=-1, keepdims=True)
        weights = np.exp(shifted)
        return weights / weights.sum(axis=-1, keepdims=True)


@dataclass
class Cell:
    """One network with the state that it is in."""

    params: Params
    h: np.ndarray
    phi: Phi
    states: list = field(default_factory=list)
    outputs: list = field(default_factory=list)

    def read(self, x):
        p = self.params
        self.h = self.phi(p.U @ x + p.W @ self.h + p.b)
        self.states.append(self.h)
        self.outputs.append(Distribution(p.V @ self.h + p.c).probabilities)
        return self

    def read_all(self, X):
        for x in X:
            self.read(x)
        return self

    @property
    def said(self):
        hot = np.zeros(len(self.outputs[-1]))
        hot[np.argmax(self.outputs[-1])] = 1.0
        return hot


class Loss:
    def __init__(self, Y_hat, Y, reduction):
        self.Y_hat, self.Y = Y_hat, Y
        self.weight = {"sum": 1.0, "mean": 1.0 / len(Y)}[reduction]

    def value(self):
        nats = np.zeros_like(self.Y)
        mass = self.Y > 0
        with np.errstate(divide="ignore"):
            nats[mass] = self.Y[mass] * np.log(self.Y_hat[mass])
        return -self.weight * nats.sum()

    def gradient(self):
        return self.weight * (self.Y_hat - self.Y)


class Backward:
    """The backward pass over one sequence; `deltas` holds dL/da_t in the order of time."""

    def __init__(self, params, dO, H, phi):
        self.params, self.dO, self.H, self.phi = params, dO, H, phi
        self.deltas = np.zeros(H.shape)
        self.message = np.zeros(H.shape[1])
        for t in range(len(H))[::-1]:
            self.step(t)

    def step(self, t):
        dh = self.params.V.T @ self.dO[t] + self.message
        self.deltas[t] = self.phi.slope(self.H[t]) * dh
        self.message = self.params.W.T @ self.deltas[t]

    def against(self, factors):
        return self.deltas.T @ factors


def softmax(o):
    return Distribution(np.asarray(o)).probabilities


def cross_entropy(Y_hat, Y, reduction="sum"):
    return Loss(Y_hat, Y, reduction).value()


def forward(params, X, h_init, activation="tanh"):
    cell = Cell(params, h_init, Phi.named(activation)).read_all(X)
    return np.array(cell.states), np.array(cell.outputs)


def output_error(Y_hat, Y, reduction="sum"):
    return Loss(Y_hat, Y, reduction).gradient()


def bptt_V(dO, H):
    return np.matmul(dO.T, H)


def hidden_jacobian(params, H, t, k, activation="tanh"):
    phi = Phi.named(activation)
    J = np.eye(len(params.b))
    for h in H[k + 1 : t + 1]:
        J = np.diag(phi.slope(h)) @ params.W @ J
    return J


def bptt_W(params, dO, H, h_init, activation="tanh"):
    return Backward(params, dO, H, Phi.named(activation)).against(np.vstack([h_init[None, :], H[:-1]]))


def bptt_U(params, dO, X, H, activation="tanh"):
    return Backward(params, dO, H, Phi.named(activation)).against(X)


def bptt_b(params, dO, H, activation="tanh"):
    return Backward(params, dO, H, Phi.named(activation)).against(np.ones(len(H)))


def bptt_c(dO):
    return dO.T @ np.ones(len(dO))


class Descent:
    def __init__(self, rate):
        self.rate = rate

    def __call__(self, params, grads):
        return params._replace(**{f: getattr(params, f) - self.rate * getattr(grads, f) for f in params._fields})


def gradient_step(params, grads, learning_rate):
    return Descent(learning_rate)(params, grads)


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    cell = Cell(params, h_init, Phi.named(activation)).read(x)
    for _ in range(steps - 1):
        cell.read(cell.said)
    return np.array(cell.outputs)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    cell = Cell(params, h_init, Phi.named(activation)).read(x)
    cell.read_all(np.zeros((steps - 1, len(x))))
    return np.array(cell.outputs)


def many_to_one(params, X, h_init, activation="tanh"):
    return Cell(params, h_init, Phi.named(activation)).read_all(X).outputs[-1]


class Translator:
    def __init__(self, encoder, decoder, activation):
        self.encoder, self.decoder, self.phi = encoder, decoder, Phi.named(activation)

    def __call__(self, X, h_init, start, stop, max_steps):
        thought = Cell(self.encoder, h_init, self.phi).read_all(X).h
        writer = Cell(self.decoder, thought, self.phi).read(start)
        while len(writer.outputs) < max_steps and not writer.said[stop]:
            writer.read(writer.said)
        return np.array(writer.outputs)


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    return Translator(encoder, decoder, activation)(X, h_init, start, stop, max_steps)
