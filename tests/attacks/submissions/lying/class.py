# Returns an object that claims to be an array when it is asked for its class.
# costs: bptt_V fail
# says: not numbers

class Liar:
    __class__ = np.ndarray
    shape, dtype, ndim = (4, 5), np.dtype(float), 2

return Liar()
