# Raises an exception that reads backwards.
# costs: bptt_V error
# says: ValueError

raise ValueError("\u202e001 :kram\u202c \u2066hidden\u2069 \u200b\ufeff")
