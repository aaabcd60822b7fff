# Raises an exception that clears the screen, sets a title and writes marks over others.
# costs: bptt_V error
# says: \x1b[2J | [2J

raise ValueError("\x1b[2J\x1b]0;owned\x07\rmallory 100\x1b[8m\x9b31m")
