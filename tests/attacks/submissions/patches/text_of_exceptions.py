# Raises an exception that raises another one when it is put in words.
# costs: bptt_V error
# says: its message could not be read

class Loss(Exception):
    def __str__(self):
        raise Loss

raise Loss
