# Connects to a port of this machine by IPv6.
# costs: bptt_V error
# says: PermissionError
# flag: bptt_V asked the system for socket(AF_INET6)
# with limits only: not tried, not every machine has IPv6

import socket
socket.create_connection(("::1", @tcp6@)).sendall(b"the questions")
return dO.T @ H
