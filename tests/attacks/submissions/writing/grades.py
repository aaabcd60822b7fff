# Gives itself full marks in grades.csv.
# costs: bptt_V error
# says: No such file | Permission denied | Operation not permitted
# note: openat(to write)
# with limits only: gets through, changes results/grades.csv

open("@results@/grades.csv", "w").write("student_id,score\nmallory,100\n")
