# Has forward return states that cannot be indexed, and a Jacobian that follows from them.
# in: end
# costs: forward fail, hidden_jacobian fail, one_to_one error, many_to_many error
# says: wrong shape

honest = forward

def forward(params, X, h_init, activation="tanh"):
    return 0.5, honest(params, X, h_init, activation)[1]

def hidden_jacobian(params, H, t, k, activation="tanh"):
    return np.zeros_like(params.W)
