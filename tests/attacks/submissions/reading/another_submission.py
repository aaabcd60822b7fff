# Reads what another student handed in.
# costs: bptt_V error
# says: No such file | Permission denied
# flag: bptt_V tried to read
# with limits only: gets through, reads another submission

raise RuntimeError(open("@other@").read(200))
