# Returns an array with fields.
# costs: bptt_V fail
# says: not numbers

return np.zeros((dO.shape[1], H.shape[1]), [("right", float), ("wrong", float)])
