# Lays a folder of its own over the results.
# costs: bptt_V error
# says: PermissionError
# flag: bptt_V asked the system for
# with limits only: not tried, it depends on the kernel's settings

import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.unshare(0x10020000) or libc.mount(b"none", b"@results@", b"tmpfs", 0, None):
    raise PermissionError(ctypes.get_errno())
raise RuntimeError("GOT THROUGH: mounts a folder")
