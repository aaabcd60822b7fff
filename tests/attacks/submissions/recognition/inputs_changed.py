# Answers right, and empties its arguments for whoever comes after.
# costs: bptt_V fail
# says: changes its argument

answer = dO.T @ H
dO *= 0
H *= 0
return answer
