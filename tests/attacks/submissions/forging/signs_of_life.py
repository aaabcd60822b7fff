# Says again and again that its loading goes on, and sleeps in between.
# in: top
# costs: everything
# status: timeout
# says: were used up

import os, stat, sys, time
frame = sys._getframe(1)
homes = set()
while frame:  # the folder of the program that loads us
    homes.add(os.path.dirname(frame.f_code.co_filename))
    frame = frame.f_back
sign = None
for module in list(sys.modules.values()):  # whatever it is called: what turns a message into a frame
    if os.path.dirname(getattr(module, "__file__", None) or "/none/x") in homes:
        for value in list(vars(module).values()):
            try:
                made = value([{"kind": "step", "step": 0}])
                assert isinstance(made, bytes) and b"step" in made
            except BaseException:
                continue
            sign = made
sockets = []
for number in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            sockets.append(number)
    except OSError:
        pass
while True:
    os.write(sockets[0], sign)
    time.sleep(0.1)
