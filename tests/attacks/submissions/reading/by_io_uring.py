# Asks for a queue through which the kernel opens files, past filters of system calls.
# costs: bptt_V error
# says: PermissionError | Operation not permitted
# flag: io_uring_setup
# with limits only: not tried, many machines have it switched off

import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(425, 8, ctypes.create_string_buffer(120)) < 0:
    raise OSError(ctypes.get_errno(), "Operation not permitted")
raise RuntimeError("a queue")
