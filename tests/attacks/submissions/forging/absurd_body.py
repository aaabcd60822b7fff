# Announces an array of 16 exabytes.
# costs: bptt_V forbidden
# says: are allowed
# flag: bptt_V sent something other than an answer

import os, struct
for number in range(3, 32):
    try:
        os.write(number, struct.pack("<4sIQ", b"BPT1", 2, 0xFFFFFFFFFFFFFFFF) + b"{}")
    except OSError:
        pass
return dO.T @ H
