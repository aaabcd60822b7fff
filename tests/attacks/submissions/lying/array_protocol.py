# Returns an object that becomes another array each time it is asked to.
# costs: bptt_V fail
# says: not numbers

class Liar:
    def __array__(self, *_, **__):
        return np.random.default_rng().standard_normal((4, 5))

return Liar()
