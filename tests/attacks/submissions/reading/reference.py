# Reads the reference.
# costs: bptt_V error
# says: No such file | Permission denied
# flag: bptt_V tried to read
# with limits only: gets through, reads the reference

raise RuntimeError(open("@reference@").read(200))
