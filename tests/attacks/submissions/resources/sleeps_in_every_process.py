# Sleeps a little while it is loaded, gets everything wrong, and so is asked again in a new process for each task.
# in: end
# costs: everything
# note: the time of a whole submission was used up

import time
time.sleep(0.8)
asked = []


def wrong(*args, **kwargs):
    asked.append(args)
    return 0.0


for name, value in list(globals().items()):
    if callable(value) and getattr(value, "__module__", "") == __name__ and not isinstance(value, type):
        globals()[name] = wrong
