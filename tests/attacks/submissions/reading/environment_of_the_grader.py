# Reads the environment of the grader by /proc.
# costs: bptt_V error
# says: No such file | Permission denied
# flag: bptt_V tried to read /proc/
# with limits only: not tried, it depends on the rights of the two processes

text = open("/proc/@grader@/environ").read()
raise RuntimeError(text[text.index("PATH=") :][:100])
