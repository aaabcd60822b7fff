# Answers each call with what it computed for the first.
# costs: bptt_V fail
# says: wrong shape | wrong values

if not hasattr(np, "kept"):
    np.kept = dO.T @ H
return np.kept
