# Takes memory until there is none left.
# costs: bptt_V memory
# says: ran out of memory

hoard = []
while len(dO) == 9:
    hoard.append(bytearray(1 << 24))
return dO.T @ H
