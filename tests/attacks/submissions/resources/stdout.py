# Prints for ever.
# costs: bptt_V error
# says: printed more than

while True:
    print("x" * 10_000)
