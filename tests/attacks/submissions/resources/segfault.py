# Follows a null pointer.
# costs: bptt_V crashed
# says: SIGSEGV

import ctypes
return ctypes.string_at(0)
