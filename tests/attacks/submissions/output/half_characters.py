# Raises an exception with halves of characters and characters that end texts.
# costs: bptt_V error
# says: ValueError

raise ValueError("\ud800\udfff\0\uffff")
