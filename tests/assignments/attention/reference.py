"""Scaled dot-product attention and its gradients, written by you in numpy."""

import numpy as np


def softmax(S):
    """Turn each row of scores into a distribution.

        P_ij = exp(S_ij) / Σ_k exp(S_ik)

    Scores may be in the thousands, and a score of −∞ gets the probability 0.

    Args:
        S: the scores, shape (m, n).

    Returns:
        P, shape (m, n): each row sums to 1.
    """
    ### BEGIN SOLUTION
    weights = np.exp(S - np.max(S, axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)
    ### END SOLUTION


def attention(Q, K, V, mask=None):
    """Return for each query the average of the values, weighted by how well its key fits.

        O = softmax(Q·Kᵀ / √d)·V

    Where the mask is False, a query may not look: that weight is 0. Each query may look at one key at least.

    Args:
        Q: the queries, one row each, shape (m, d).
        K: the keys, shape (n, d).
        V: the values, shape (n, e).
        mask: True where a query may look at a key, shape (m, n); None stands for True everywhere.

    Returns:
        O, shape (m, e).
    """
    ### BEGIN SOLUTION
    return np.dot(_weights(Q, K, mask), V)
    ### END SOLUTION


def softmax_gradient(S, dP):
    """Return the gradient of the loss by the scores, given the one by the probabilities P = softmax(S).

        ∂L/∂S_ij = P_ij·(dP_ij − Σ_k dP_ik·P_ik)

    Args:
        S: the scores, shape (m, n).
        dP: ∂L/∂P, shape (m, n).

    Returns:
        ∂L/∂S, shape (m, n).
    """
    ### BEGIN SOLUTION
    P = softmax(S)
    return P * (dP - np.sum(dP * P, axis=1, keepdims=True))
    ### END SOLUTION


def value_gradient(Q, K, V, dO, mask=None):
    """Return the gradient of the loss by the values, given the one by what attention(Q, K, V, mask) returned.

    Args:
        Q: the queries, shape (m, d).
        K: the keys, shape (n, d).
        V: the values, shape (n, e).
        dO: ∂L/∂O, shape (m, e).
        mask: as in attention.

    Returns:
        ∂L/∂V, shape (n, e).
    """
    ### BEGIN SOLUTION
    return np.dot(_weights(Q, K, mask).T, dO)
    ### END SOLUTION


def query_key_gradients(Q, K, V, dO, mask=None):
    """Return the gradients of the loss by the queries and by the keys.

    Args:
        Q: the queries, shape (m, d).
        K: the keys, shape (n, d).
        V: the values, shape (n, e).
        dO: ∂L/∂O, shape (m, e).
        mask: as in attention.

    Returns:
        ∂L/∂Q, shape (m, d), and ∂L/∂K, shape (n, d).
    """
    ### BEGIN SOLUTION
    dS = softmax_gradient(_scores(Q, K, mask), np.dot(dO, V.T)) / np.sqrt(Q.shape[1])
    return np.dot(dS, K), np.dot(dS.T, Q)
    ### END SOLUTION


### BEGIN SOLUTION
def _scores(Q, K, mask):
    scores = np.dot(Q, K.T) / np.sqrt(Q.shape[1])
    if mask is None:
        return scores
    if not np.all(np.any(mask, axis=1)):
        raise ValueError("a query may look at no key")
    return np.where(mask, scores, -np.inf)


def _weights(Q, K, mask):
    return softmax(_scores(Q, K, mask))


### END SOLUTION
