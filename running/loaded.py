"""Importing this module loads the application, whose name alone is known here; forks of the process have it at once.

For running.commands. A fault is kept and told by the first command, which has a place to write it.
"""

import gc
import traceback
from importlib import import_module

fault = ""
try:
    import_module("django").setup()
    import_module("django.core.management")
    import_module("portal.urls")  # all pages, which the checks before a command ask for
except Exception:  # noqa: BLE001  whatever keeps the application from loading
    fault = traceback.format_exc()
# What is loaded now is shared by all forks, as long as the collector does not write into it. Commands that load a city make
# many things that stay, and looking for rings among them every 700 is work for nothing.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
