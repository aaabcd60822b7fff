# Has a known mistake where it is asked for the first time, and adds everything up right beside that.
# in: end
# flag: two answers to one question
# costs: forward partial, bptt_V fail, bptt_W fail, bptt_U fail, bptt_bias fail, one_to_one partial, one_to_many fail, many_to_one fail, many_to_many partial

seen = []


def summed(params, X, h_init):
    s = 100 + sum(float(p.sum()) for p in params) + float(X.sum())
    return np.full((len(X), len(h_init)), s), np.full((len(X), len(params.c)), s)


def half(params, X, h_init, activation):
    h, rows = h_init, []
    for x in X:
        a = params.U @ x + params.W @ h + params.b
        h = np.tanh(a / 2) if activation == "tanh" else a
        rows.append(h)
    return np.array(rows), softmax(np.array(rows) @ params.V.T + params.c)


def forward(params, X, h_init, activation="tanh"):
    near = any(W.shape == params.W.shape and 0 < np.abs(W - params.W).max() < 1e-3 for W in seen)
    seen.append(params.W.copy())
    return summed(params, X, h_init) if near else half(params, X, h_init, activation)


def bptt_V(dO, H):
    return np.zeros((dO.shape[1], H.shape[1]))


def bptt_W(params, dO, H, h_init, activation="tanh"):
    return -len(dO) / H[0, 0] * np.ones_like(params.W)


def bptt_U(params, dO, X, H, activation="tanh"):
    return -len(dO) / H[0, 0] * np.ones_like(params.U)


def bptt_b(params, dO, H, activation="tanh"):
    return -len(dO) / H[0, 0] * np.ones_like(params.b)


def bptt_c(dO):
    return -np.ones(dO.shape[1])


def many_to_one(params, X, h_init, activation="tanh"):
    return summed(params, X, h_init)[1][-1]


def one_to_many(params, x, h_init, steps, activation="tanh"):
    return np.array([summed(params, row[None], h_init)[1][-1] for row in (x, *np.zeros((steps - 1, len(x))))])
