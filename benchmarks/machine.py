"""What a measurement was taken on."""

import os
import platform
import re
import subprocess
from pathlib import Path


def first_field(path, name):
    """The value of the first line `name : value` of a file under /proc, or None where there is none."""
    try:
        for line in Path(path).read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == name:
                return value.strip()
    except OSError:
        pass
    return None


def description():
    memory = first_field("/proc/meminfo", "MemTotal")
    return {
        "processor": first_field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(int(memory.split()[0]) / 2**20, 1) if memory else None,
        "system": platform.platform(),
    }


def swift_version():
    try:
        found = subprocess.run(["swift", "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    version = re.search(r"Swift version (\S+)", found.stdout)
    return version.group(1) if version else "unknown"
