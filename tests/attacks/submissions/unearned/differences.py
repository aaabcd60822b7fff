# Measures how sum(dO * o) changes beside W, and propagates nothing back.
# in: end
# flag: bptt_W looks like numerical differentiation


def bptt_W(params, dO, H, h_init, activation="tanh"):
    before = np.vstack([h_init[None], H[:-1]])
    rest = (np.arctanh(H) if activation == "tanh" else H) - before @ params.W.T

    def measured(W):
        h, total = h_init, 0.0
        for t in range(len(H)):
            h = _phi(rest[t] + W @ h, activation)
            total += dO[t] @ (params.V @ h)
        return total

    gradient, step = np.zeros_like(params.W), 3e-6
    for i in np.ndindex(*params.W.shape):
        move = np.zeros_like(params.W)
        move[i] = step
        gradient[i] = (measured(params.W + move) - measured(params.W - move)) / (2 * step)
    return gradient
