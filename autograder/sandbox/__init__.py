"""The sandbox: plans go in, replies come out, and student code stays inside.

    host/      trusted: finds out what this machine gives, starts a worker, sends it jobs, checks every byte that
               comes back, and ends processes that run too long
    worker/    untrusted: the program that runs student code, and a process for each submission

The host imports `worker/wire.py`, the format of the frames, and no other module of the worker. The worker imports
nothing of the host. What may not live here: expected values, tolerances, or anything else that says whether a reply
is right.
"""
