# Takes the names of the worker's modules.
# in: top
# costs: nothing

import sys, types
for name in ("caller", "wire", "loader", "lockdown", "file_reads", "rnn", "__main__"):
    sys.modules[name] = types.ModuleType(name)
