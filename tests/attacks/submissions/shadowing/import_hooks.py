# Answers every later import itself.
# costs: nothing

import sys

class Finder:
    def find_spec(self, name, *_):
        raise ImportError(f"no {name} for you")

sys.meta_path.insert(0, Finder())
sys.modules.pop("json", None)
return dO.T @ H
