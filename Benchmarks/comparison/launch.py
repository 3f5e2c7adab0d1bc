"""Runs a command to its end and prints its code, seconds and peak memory: `python launch.py COMMAND [ARGUMENT …]`.

A process begins with the peak of the one that it was started from, so the large process that has PyTorch loaded
cannot start a command and ask how much memory it took. This one is small.
"""

import json
import os
import sys
import time


def main() -> None:
    nowhere = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    start = time.perf_counter()
    child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[nowhere])
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    # Linux counts in kibibytes.
    found = {"code": os.waitstatus_to_exitcode(status), "seconds": seconds, "bytes": usage.ru_maxrss * 1024}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
