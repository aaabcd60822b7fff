# Never ends.
# costs: bptt_V timeout
# says: s of CPU at one go | did not answer

while True:
    pass
