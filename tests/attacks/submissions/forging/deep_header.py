# Sends a header of JSON so deep that its reader might overflow.
# costs: bptt_V forbidden
# says: a header that is none
# flag: bptt_V sent something other than an answer

import os, struct
text = b'[{"kind": ' + b"[" * 100000
for number in range(3, 32):
    try:
        os.write(number, struct.pack("<4sIQ", b"BPT1", len(text), 0) + text)
    except OSError:
        pass
return dO.T @ H
