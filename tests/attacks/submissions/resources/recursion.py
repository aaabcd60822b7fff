# Calls itself for ever.
# costs: bptt_V error
# says: RecursionError

return bptt_V(dO, H)
