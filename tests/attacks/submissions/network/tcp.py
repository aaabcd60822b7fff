# Connects to a port of this machine.
# costs: bptt_V error
# says: PermissionError
# flag: bptt_V asked the system for socket(AF_INET)
# with limits only: gets through, reaches a TCP socket

import socket
socket.create_connection(("127.0.0.1", @tcp@)).sendall(b"the questions")
return dO.T @ H
