# Ignores every signal, and catches those that are left.
# costs: bptt_V timeout
# says: s of CPU at one go | did not answer

import signal
for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    pass
