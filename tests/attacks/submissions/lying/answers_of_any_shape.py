# Has every wrapper of a wrong forward return something of another shape, which cannot be replayed.
# in: end
# costs: forward fail, one_to_one fail, one_to_many fail, many_to_one fail, many_to_many fail
# says: wrong shape

honest = forward

def forward(params, X, h_init, activation="tanh"):
    H, Y_hat = honest(params, X, h_init, activation)
    return 0.5 * H, Y_hat[:, ::-1]

def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    return 0.5

def one_to_many(params, x, h_init, steps, activation="tanh"):
    return np.ones(3)

def many_to_one(params, X, h_init, activation="tanh"):
    return np.ones((0, 3))

def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    return np.ones((2, 3, 4))
