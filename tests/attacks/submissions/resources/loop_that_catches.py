# Never ends, whatever is raised in it.
# costs: bptt_V timeout
# says: s of CPU at one go | did not answer

while True:
    try:
        while True:
            pass
    except BaseException:
        continue
