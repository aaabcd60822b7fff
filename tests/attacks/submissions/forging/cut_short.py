# Begins a frame, and never ends it.
# costs: bptt_V timeout
# says: did not answer

import os, struct, time
for number in range(3, 32):
    try:
        os.write(number, struct.pack("<4sIQ", b"BPT1", 1000, 1000) + b'[{"kind": ')
    except OSError:
        pass
time.sleep(60)
