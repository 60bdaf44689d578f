"""What Stash starts: `python3 -I -S PlexSync.py`, once for every hook, task and operation.

A hook must not be felt, so this file stays tiny (a script is compiled at every start) and takes
the hook's way before anything else is imported: `sync_queue.inbox` needs nothing but built-in
modules. Everything else goes on in `plugin.entry`.
"""

import sys

HERE = __file__[: max(__file__.rfind("/"), __file__.rfind("\\"))]
sys.path.insert(0, HERE)  # -I leaves the script's folder out

call = b""
if len(sys.argv) == 1:
    from sync_queue.inbox import receive

    call = receive(HERE)  # ends the process when it was a hook

from plugin.entry import run  # noqa: E402 - a hook must not pay for this import

run(HERE, sys.argv[1:], call)
