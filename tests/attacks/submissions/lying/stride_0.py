# Returns one number that looks like a petabyte of them.
# costs: bptt_V memory
# says: ran out of memory

return np.broadcast_to(np.float64(1), (1 << 22, 1 << 25))
