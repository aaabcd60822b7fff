# Has modules found in its own folder first.
# costs: nothing

import sys
sys.path[:0] = ["", ".", "@class@/mallory", "@project@"]
sys.path_importer_cache.clear()
import importlib
importlib.invalidate_caches()
return dO.T @ H
