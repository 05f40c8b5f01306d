"""A neighbour that takes what it can get of one core."""

import contextlib
import subprocess
import sys


@contextlib.contextmanager
def beside(wanted):
    """Keeps one core busy as long as the block runs, where that is wanted."""
    if not wanted:
        yield
        return
    neighbour = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        neighbour.kill()
        neighbour.wait()
