# Takes memory until there is none left.
# costs: bptt_V memory|timeout
# says: ran out of memory | s of CPU at one go | did not answer

hoard = []
while len(dO) == 9:
    hoard.append(bytearray(1 << 24))
return dO.T @ H
