# Has the loss be of another shape in each call, so that no two can be subtracted.
# in: end
# flag: has two answers to one question
# costs: cross_entropy fail, bptt_W fail
# says: wrong shape

count = [0]

def cross_entropy(Y_hat, Y, reduction="sum"):
    count[0] += 1
    return np.ones(1 + count[0] % 5) * count[0]

def bptt_W(params, dO, H, h_init, activation="tanh"):
    return np.zeros_like(params.W)
