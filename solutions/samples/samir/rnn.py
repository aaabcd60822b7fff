from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

class Params(NamedTuple)
    U: Array  # (H, D), input to hidden
    W: Array  # (H, H), hidden to hidden
    V: Array  # (K, H), hidden to output
    b: Array  # (H,), hidden bias
    c: Array  # (K,), output bias


def softmax(o):
    e = np.exp(o - np.max(o, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def cross_entropy(Y_hat, Y, reduction="sum"):
    loss = -np.sum(Y * np.log(Y_hat + 1e-12))
    return loss / len(Y) if reduction == "mean" else loss


def output_error(Y_hat, Y, reduction="sum"):
    return (Y_hat - Y) / len(Y) if reduction == "mean" else Y_hat - Y


def bptt_V(dO, H):
    return dO.T @ H


def bptt_c(dO):
    return dO.sum(axis=0)
