# Waits for a connection from outside.
# costs: bptt_V error
# says: PermissionError
# flag: bptt_V asked the system for socket(AF_INET)
# with limits only: gets through, listens

import socket
socket.create_server(("127.0.0.1", 0))
raise RuntimeError("GOT THROUGH: listens")
