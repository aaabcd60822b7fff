# Asks for so much that is ordinary that what is not might be overlooked.
# costs: bptt_V error
# says: PermissionError
# flag: bptt_V asked the system for socket(AF_INET)
# with limits only: gets through, reaches a UDP socket

import os, socket
for number in range(100):
    try:
        os.open("/", os.O_RDONLY | os.O_DIRECTORY | (number << 13 & os.O_PATH) | os.O_CREAT)
    except OSError:
        pass
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"the questions", ("127.0.0.1", @udp@))
return dO.T @ H
