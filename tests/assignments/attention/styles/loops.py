"""Right work in loops, one number at a time, with no function of another task."""

import math

import numpy as np


def softmax(S):
    P = np.empty(S.shape)
    for i, row in enumerate(S):
        top = max(row)
        total = sum(math.exp(score - top) for score in row)
        for j, score in enumerate(row):
            P[i, j] = math.exp(score - top) / total
    return P


def weights(Q, K, mask):
    S = np.empty((len(Q), len(K)))
    for i, query in enumerate(Q):
        for j, key in enumerate(K):
            seen = mask is None or mask[i][j]
            S[i, j] = sum(a * b for a, b in zip(query, key, strict=True)) / math.sqrt(len(query)) if seen else -math.inf
    return softmax(S)


def attention(Q, K, V, mask=None):
    O = np.zeros((len(Q), V.shape[1]))
    for i, row in enumerate(weights(Q, K, mask)):
        for weight, value in zip(row, V, strict=True):
            O[i] += weight * value
    return O


def softmax_gradient(S, dP):
    dS = np.empty(S.shape)
    for i, p in enumerate(softmax(S)):
        dS[i] = (np.diag(p) - np.outer(p, p)) @ dP[i]
    return dS


def value_gradient(Q, K, V, dO, mask=None):
    dV = np.zeros(V.shape)
    for row, upstream in zip(weights(Q, K, mask), dO, strict=True):
        dV += np.outer(row, upstream)
    return dV


def query_key_gradients(Q, K, V, dO, mask=None):
    dQ, dK = np.zeros(Q.shape), np.zeros(K.shape)
    for i, p in enumerate(weights(Q, K, mask)):
        dp = V @ dO[i]
        ds = p * (dp - p @ dp) / math.sqrt(Q.shape[1])
        for j in range(len(K)):
            dQ[i] += ds[j] * K[j]
            dK[j] += ds[j] * Q[i]
    return dQ, dK
