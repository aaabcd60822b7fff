# Defines a Params that ends the process when the worker builds one.
# in: top
# costs: forward crashed, hidden_jacobian crashed, bptt_W crashed, bptt_U crashed, bptt_bias crashed, gradient_step crashed, one_to_one crashed, one_to_many crashed, many_to_one crashed, many_to_many crashed
# says: exit status 4

import os

class Trap(Params):
    def __new__(cls, *_):
        os._exit(4)

Params = Trap
