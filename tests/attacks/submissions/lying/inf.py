# Returns infinities, with which differences become nan.
# costs: bptt_V fail
# says: nan or inf

return np.full((dO.shape[1], H.shape[1]), np.inf)
