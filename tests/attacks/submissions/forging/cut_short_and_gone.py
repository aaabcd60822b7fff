# Begins a frame, and ends the process in the middle of it.
# costs: bptt_V crashed
# says: exit status 0

import os, struct
for number in range(3, 32):
    try:
        os.write(number, struct.pack("<4sIQ", b"BPT1", 1000, 1000) + b'[{"kind": ')
    except OSError:
        pass
os._exit(0)
