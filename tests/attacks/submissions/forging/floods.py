# Sends small frames while the file is loaded, so many and so fast that whoever reads them is never done.
# in: top
# costs: everything
# status: timeout
# says: were used up

import json, os, struct, time
def frames(count):
    text = json.dumps([{"kind": "step", "step": 1, "cpu": time.process_time()}]).encode()
    return (struct.pack("<4sIQ", b"BPT1", len(text), 0) + text) * count
open_numbers = []
for number in range(3, 32):
    try:
        os.write(number, frames(1))
        open_numbers.append(number)
    except OSError:
        pass
while True:
    for number in open_numbers:
        left = memoryview(frames(2000))
        while left:
            left = left[os.write(number, left):]
