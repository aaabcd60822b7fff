# Sends the questions out, catches what is raised, and answers right.
# costs: nothing
# flag: bptt_V asked the system for socket(AF_INET)
# with limits only: gets through, reaches a UDP socket

import socket
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(dO.tobytes(), ("127.0.0.1", @udp@))
except OSError:
    pass
return dO.T @ H
