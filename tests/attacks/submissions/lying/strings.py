# Returns the right numbers as text.
# costs: bptt_V fail
# says: not numbers

return (dO.T @ H).astype(str)
