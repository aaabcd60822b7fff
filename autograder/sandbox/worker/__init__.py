"""The program that runs student code, in a process of its own.

It is started by path with a bare interpreter and imports only the standard library, numpy and its
neighbours in this folder. It knows how to load a file and call functions; it knows no task, no answer
and no tolerance, and nothing else of the grader may be imported here.
"""
