# Starts threads that go on after it has answered.
# costs: bptt_V error
# says: can't start new thread
# with limits only: not tried, as root no limit on threads holds

import threading

def spin():
    while True:
        pass

for _ in range(100):
    threading.Thread(target=spin).start()
return dO.T @ H
