# Raises an exception whose text has ten megabytes.
# costs: bptt_V error
# says: ValueError

raise ValueError("x" * 10_000_000)
