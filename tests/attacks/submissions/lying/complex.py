# Returns the right numbers with another number as their imaginary part.
# costs: bptt_V fail
# says: complex128

return dO.T @ H + 1j
