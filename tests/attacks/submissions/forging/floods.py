# Sends small frames while the file is loaded, so many and so fast that whoever reads them is never done.
# in: top
# costs: everything
# status: timeout
# says: were used up

import json, os, struct
text = json.dumps([{"kind": "step", "step": 1, "cpu": 1e9}]).encode()
many = (struct.pack("<4sIQ", b"BPT1", len(text), 0) + text) * 2000
open_numbers = []
for number in range(3, 32):
    try:
        os.write(number, many[:len(text) + 16])
        open_numbers.append(number)
    except OSError:
        pass
while True:
    for number in open_numbers:
        left = memoryview(many)
        while left:
            left = left[os.write(number, left):]
