# Reads the users of the machine.
# costs: bptt_V error
# says: No such file | Permission denied
# flag: bptt_V tried to read /etc/passwd
# with limits only: gets through, reads the users of the machine

raise RuntimeError(open("/etc/passwd").read(100))
