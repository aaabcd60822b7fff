# Reads the grader's tests.
# costs: bptt_V error
# says: No such file | Permission denied
# flag: bptt_V tried to read
# with limits only: gets through, reads the tests

raise RuntimeError(open("@tests@").read(200))
