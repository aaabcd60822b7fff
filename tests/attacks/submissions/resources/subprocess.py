# Starts a program of the machine.
# costs: bptt_V error
# says: PermissionError
# flag: bptt_V asked the system for vfork
# with limits only: not tried, as root no limit on processes holds

import subprocess
raise RuntimeError(subprocess.run(["/bin/echo", "out"], capture_output=True))
