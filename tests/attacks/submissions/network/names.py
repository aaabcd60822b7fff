# Asks the name server, which carries a message in the name that is asked for.
# costs: bptt_V error
# says: gaierror
# flag: bptt_V asked the system for socket(
# with limits only: not tried, the question would leave the machine

import socket
return socket.getaddrinfo("the-questions.invalid", 80)
