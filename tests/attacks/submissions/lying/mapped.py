# Returns an array that is mapped from a file of the interpreter.
# costs: bptt_V fail
# says: wrong values | nan or inf

return np.memmap(np.__file__, np.float64, "r", shape=(dO.shape[1], H.shape[1]))
