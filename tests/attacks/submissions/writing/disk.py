# Fills the disk by way of the descriptors that are open already.
# costs: nothing

import os
for number in (0, 1, 2):
    for _ in range(64):
        try:
            os.write(number, bytes(1 << 20))
        except OSError:
            break
return dO.T @ H
