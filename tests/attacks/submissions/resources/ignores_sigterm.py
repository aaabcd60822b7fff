# Refuses to end when it is asked politely, or when its time is up.
# costs: bptt_V timeout
# says: did not answer

import signal
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
while True:
    signal.pause()
