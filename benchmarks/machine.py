"""What a measurement was taken on."""

import os
import platform
import re
import subprocess
from pathlib import Path

# Of the dozens of flags those that say how many numbers an instruction takes.
TELLING = re.compile(r"sse2|sse4_[12]|avx.*|fma|f16c|amx.*|asimd.*|sve.*|bf16")


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


def flags():
    """The processor's instructions, as Linux names them."""
    return set((first_field("/proc/cpuinfo", "flags") or first_field("/proc/cpuinfo", "Features") or "").split())


def processor():
    """What `lscpu` calls it: on arm64 /proc/cpuinfo has numbers only."""
    try:
        said = subprocess.run(["lscpu"], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}, timeout=60)
        found = re.search(r"^Model name:\s*(.+)$", said.stdout, re.MULTILINE)
    except (OSError, subprocess.TimeoutExpired):
        found = None
    return found.group(1) if found else platform.processor() or platform.machine()


def description():
    memory = first_field("/proc/meminfo", "MemTotal")
    return {
        "processor": processor(),
        "flags": sorted(flag for flag in flags() if TELLING.fullmatch(flag)),
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
