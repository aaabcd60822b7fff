# Talks to a service of this machine by its socket in the file system.
# costs: bptt_V error
# says: PermissionError
# flag: bptt_V asked the system for socket(AF_UNIX)
# with limits only: gets through, reaches a Unix socket

import socket
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"the questions", "@unix@")
return dO.T @ H
