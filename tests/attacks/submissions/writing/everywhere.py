# Looks for any folder that takes a file.
# costs: bptt_V error
# says: no folder took a file
# note: openat(to write)
# with limits only: not tried, it would leave files all over the machine

import os
found = []
for folder in ("/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/dev", ".", os.path.dirname(np.__file__), "@class@"):
    try:
        os.close(os.open(f"{folder}/made-by-an-attack", os.O_CREAT | os.O_WRONLY))
        found.append(folder)
    except OSError:
        pass
raise RuntimeError(found or "no folder took a file")
