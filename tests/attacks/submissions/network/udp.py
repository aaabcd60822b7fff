# Sends a datagram.
# costs: bptt_V error
# says: PermissionError
# flag: bptt_V asked the system for socket(AF_INET)
# with limits only: gets through, reaches a UDP socket

import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"the questions", ("127.0.0.1", @udp@))
return dO.T @ H
