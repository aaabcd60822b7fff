"""The worker: the program that runs student code, in processes of its own.

    main         forks once for each submission, and serves the grader in that process
    lockdown     puts the layers of protection in force
    loader       loads a student's file, statement by statement
    arguments    makes the arguments of the planned calls
    caller       makes the calls, and turns results into plain data
    stateless    finds out whether a file's functions can keep anything between two calls
    file_reads   notes which files are asked for
    wire         the format of the frames, which the host imports as well

The host starts `main.py` by its path with a bare interpreter. The worker imports the standard library, numpy and
its neighbours in this folder. It knows no assignment, no answer and no tolerance: the names that it needs are data
from the host. Nothing else of the grader may be imported here.
"""
