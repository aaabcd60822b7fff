# Raises an exception whose type has a name that runs code when it is asked for.
# costs: bptt_V crashed
# says: exit status 6

import os

class Kind(type):
    @property
    def __name__(cls):
        os._exit(6)

class Loss(Exception, metaclass=Kind):
    pass

raise Loss
