# Asks for more memory than there is.
# costs: bptt_V memory
# says: ran out of memory

return np.ones((100_000, 100_000))
