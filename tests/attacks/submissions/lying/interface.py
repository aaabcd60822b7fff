# Returns an object that offers the memory of the process as its array.
# costs: bptt_V fail
# says: not numbers

class Liar:
    __array_interface__ = {"shape": (1 << 40,), "typestr": "<f8", "data": (0x400000, True), "version": 3}

return Liar()
