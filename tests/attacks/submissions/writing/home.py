# Writes into the home folder, from where shells and Python read at their start.
# costs: bptt_V error
# says: Permission denied | Operation not permitted | Read-only file system
# note: openat(to write)
# with limits only: not tried, the home folder is a real one

import pathlib
(pathlib.Path.home() / "usercustomize.py").write_text("print('owned')")
