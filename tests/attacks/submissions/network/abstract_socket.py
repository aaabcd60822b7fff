# Talks to a service of this machine by a name that is in no file system.
# costs: bptt_V error
# says: PermissionError
# flag: bptt_V asked the system for socket(AF_UNIX)
# with limits only: gets through, reaches an abstract socket

import socket
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"the questions", "\0@abstract@")
return dO.T @ H
