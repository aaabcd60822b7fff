# Has forward return outputs without rows, and a gradient that would follow from anything.
# in: end
# costs: forward fail, bptt_W fail, one_to_one error, one_to_many fail, many_to_one error, many_to_many error
# says: wrong shape

honest = forward

def forward(params, X, h_init, activation="tanh"):
    return honest(params, X, h_init, activation)[0], np.zeros((0, len(params.c)))

def bptt_W(params, dO, H, h_init, activation="tanh"):
    return np.zeros_like(params.W)
