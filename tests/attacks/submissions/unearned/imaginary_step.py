# Takes a tiny imaginary step in W, which leaves no trace in the digits, and propagates nothing back.
# in: end
# flag: bptt_W looks like numerical differentiation: its source makes an imaginary step

STEP = 1e-30j


def bptt_W(params, dO, H, h_init, activation="tanh"):
    before = np.vstack([h_init[None], H[:-1]])
    rest = (np.arctanh(H) if activation == "tanh" else H) - before @ params.W.T
    gradient = np.zeros_like(params.W)
    for i in np.ndindex(*params.W.shape):
        W = params.W.astype(np.cdouble)
        W[i] += STEP
        h, total = h_init, 0.0
        for t in range(len(H)):
            h = np.tanh(rest[t] + W @ h) if activation == "tanh" else rest[t] + W @ h
            total += dO[t] @ (params.V @ h)
        gradient[i] = total.imag * 1e30
    return gradient
