# Looks for secrets in the environment.
# costs: bptt_V error
# says: HOME=/

import os
raise RuntimeError([f"{name}={value}" for name, value in os.environ.items()])
