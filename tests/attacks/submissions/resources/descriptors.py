# Opens files until no more can be opened, and keeps them.
# costs: bptt_V error
# says: Too many open files

hoard = []
while True:
    hoard.append(open("/dev/null"))
