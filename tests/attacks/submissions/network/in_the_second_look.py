# Fails at first, and asks for the network only when its task is looked at once more.
# costs: bptt_V error
# says: PermissionError
# flag: bptt_V asked the system for socket(AF_INET)
# with limits only: gets through, reaches a UDP socket

import socket, sys
frame = sys._getframe()
while "job" not in frame.f_locals:
    frame = frame.f_back
if len(frame.f_locals["job"]["calls"]) > 30:  # of all tasks
    raise PermissionError("not yet")
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"the questions", ("127.0.0.1", @udp@))
return dO.T @ H
