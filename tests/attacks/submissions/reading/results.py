# Reads the grades and the database.
# costs: bptt_V error
# says: No such file | Permission denied
# flag: bptt_V tried to read
# with limits only: gets through, reads the results

raise RuntimeError(open("@results@/grades.csv").read(200))
