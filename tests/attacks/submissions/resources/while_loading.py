# Never ends, while the file is loaded.
# in: end
# costs: nothing
# note: loading went on without it

while True:
    pass
