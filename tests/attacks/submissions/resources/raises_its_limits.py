# Gives itself more memory, time and processes.
# costs: bptt_V error
# says: ValueError | PermissionError
# flag: prlimit64

import resource
for name in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NPROC):
    resource.setrlimit(name, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
raise RuntimeError("GOT THROUGH: has no limits")
