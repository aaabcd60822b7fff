# Pretends that the instructor pressed Ctrl-C.
# costs: bptt_V error
# says: tried to end the program

raise KeyboardInterrupt
