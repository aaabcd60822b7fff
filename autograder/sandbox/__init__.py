"""The locked room: plans go in, replies come out, and student code stays inside.

What lives here: the trusted side of the sandbox (start a room, send a job, believe nothing that comes
back until it is checked, end what runs too long), and in `room/` the program on the other side.
What may not: expected values, tolerances, or anything that says whether a reply is right.
"""
