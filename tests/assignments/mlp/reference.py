"""A network with one hidden layer, and its gradients, in numpy.

    A = X W1 + b1,   H = σ(A),   Z = H W2 + b2,   P = softmax(Z)
    L = −(1/N) Σ_n Σ_k y_nk log p_nk

Shapes: N inputs of D numbers each, M hidden units, K classes; every array has one row for each input.
No function changes its arguments.
"""

from typing import NamedTuple

import numpy as np


class Params(NamedTuple):
    """The parameters θ of the network; also the container of their gradients."""

    W1: np.ndarray  # (D, M)
    b1: np.ndarray  # (M,)
    W2: np.ndarray  # (M, K)
    b2: np.ndarray  # (K,)


def softmax(Z):
    """Turn each row of logits into probabilities.

        p_nk = exp(z_nk) / Σ_j exp(z_nj)

    Args:
        Z: logits, shape (N, K); magnitudes up to 1e4 must neither overflow nor give nan.

    Returns:
        P, shape (N, K); each row sums to 1.
    """
    ### BEGIN SOLUTION
    exp = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    return exp / np.sum(exp, axis=1, keepdims=True)
    ### END SOLUTION


def forward(params, X):
    """Compute the hidden units and the probabilities of a batch.

        H = σ(X W1 + b1),   P = softmax(H W2 + b2),   where σ(a) = 1 / (1 + exp(−a))

    Args:
        params: the parameters.
        X: inputs, shape (N, D).

    Returns:
        `(H, P)`, shapes (N, M) and (N, K).
    """
    ### BEGIN SOLUTION
    H = 1 / (1 + np.exp(-(X @ params.W1 + params.b1)))  # (N, M)
    return H, softmax(H @ params.W2 + params.b2)
    ### END SOLUTION


def cross_entropy(P, Y):
    """Measure how badly the probabilities fit the labels, on average over the batch.

        L = −(1/N) Σ_n Σ_k y_nk log p_nk

    Args:
        P: probabilities above 0, shape (N, K).
        Y: one-hot labels, shape (N, K).

    Returns:
        The loss, a float.
    """
    ### BEGIN SOLUTION
    return -np.sum(Y * np.log(P)) / len(Y)
    ### END SOLUTION


def output_gradients(H, P, Y):
    """Differentiate the loss by the parameters of the output layer.

        ∂L/∂Z = (1/N) (P − Y)
        ∂L/∂W2 = Hᵀ · ∂L/∂Z,   ∂L/∂b2 = Σ_n ∂L/∂z_n

    Args:
        H: hidden units, shape (N, M).
        P: probabilities, shape (N, K).
        Y: one-hot labels, shape (N, K).

    Returns:
        `(dW2, db2)`, shapes (M, K) and (K,).
    """
    ### BEGIN SOLUTION
    dZ = (P - Y) / len(Y)  # (N, K)
    return H.T @ dZ, np.sum(dZ, axis=0)
    ### END SOLUTION


def hidden_gradients(params, X, H, P, Y):
    """Differentiate the loss by the parameters of the hidden layer.

        ∂L/∂Z = (1/N) (P − Y)
        ∂L/∂A = (∂L/∂Z · W2ᵀ) ⊙ H ⊙ (1 − H)
        ∂L/∂W1 = Xᵀ · ∂L/∂A,   ∂L/∂b1 = Σ_n ∂L/∂a_n

    Args:
        params: the parameters.
        X: inputs, shape (N, D).
        H: hidden units, shape (N, M).
        P: probabilities, shape (N, K).
        Y: one-hot labels, shape (N, K).

    Returns:
        `(dW1, db1)`, shapes (D, M) and (M,).
    """
    ### BEGIN SOLUTION
    dZ = (P - Y) / len(Y)  # (N, K)
    dA = (dZ @ params.W2.T) * H * (1 - H)  # (N, M)
    return X.T @ dA, np.sum(dA, axis=0)
    ### END SOLUTION


def gradient_step(params, grads, rate):
    """Take one step of gradient descent.

        θ ← θ − η ∂L/∂θ

    Args:
        params: the parameters.
        grads: the gradients ∂L/∂θ, in the same container.
        rate: the learning rate η, a float.

    Returns:
        New `Params`; the old ones stay as they are.
    """
    ### BEGIN SOLUTION
    return Params(*(old - rate * slope for old, slope in zip(params, grads, strict=True)))
    ### END SOLUTION
