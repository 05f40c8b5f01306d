"""What the peers' benchmarks share: their arguments, their data, and how time is taken."""

import argparse
import json
import os
import statistics
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from architectures import MODELS

WARM_UP_STEPS, WARM_UP_SECONDS = 10, 2.0
BLOCKS = 20
BATCHES = 8
QUIET = 0.05  # a block counts as quiet while other processes take at most this part of the machine


class Block(NamedTuple):
    rate: float  # samples per second
    others: float  # the part of the machine's processor time that other processes took


def arguments(description, modes, variants, precisions=("f32",)):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--model", choices=list(MODELS), default="model-2")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--mode", choices=modes, default=modes[0])
    parser.add_argument("--variant", choices=variants, default=variants[0])
    parser.add_argument("--precision", choices=precisions, default=precisions[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long to measure, after warming up")
    parser.add_argument("--json", action="store_true", help="print one line of JSON instead of a sentence")
    found = parser.parse_args()
    for name in ("batch_size", "threads", "seconds"):
        if getattr(found, name) <= 0:
            parser.error(f"--{name.replace('_', '-')} is {getattr(found, name)}; it must be above 0")
    return found


def batches(batch_size):
    """A few batches of noise, channels last, float32: images [n, 28, 28, 1], audio [n, 507, 1], labels [n] int64."""
    generator = np.random.default_rng(1)
    return [
        (
            generator.random((batch_size, 28, 28, 1), dtype=np.float32),
            generator.standard_normal((batch_size, 507, 1), dtype=np.float32),
            generator.integers(0, 10, batch_size),
        )
        for _ in range(BATCHES)
    ]


def busy_seconds():
    """Processor time spent on this machine by all processes so far, or None where the system does not tell."""
    try:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    except OSError:
        return None
    user, nice, system, _, _, interrupts, soft_interrupts, stolen = map(int, fields[:8])
    return (user + nice + system + interrupts + soft_interrupts + stolen) / os.sysconf("SC_CLK_TCK")


def block(step, data, batch_size, seconds):
    """Runs `step(*batch)` over and over for a while."""
    done, busy, own, start = 0, busy_seconds(), time.process_time(), time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds or done == 0:
        step(*data[done % len(data)])
        done += 1
    others = 0.0
    if busy is not None:
        others = busy_seconds() - busy - (time.process_time() - own)
    return Block(done * batch_size / elapsed, max(0.0, others) / (elapsed * os.cpu_count()))


def measured(step, data, batch_size, seconds):
    """Twenty blocks, after a warm-up of at least ten steps and two seconds."""
    done, start = 0, time.perf_counter()
    while done < WARM_UP_STEPS or time.perf_counter() - start < WARM_UP_SECONDS:
        step(*data[done % len(data)])
        done += 1
    return [block(step, data, batch_size, seconds / BLOCKS) for _ in range(BLOCKS)]


def report(options, peer, versions, blocks):
    """Prints the median of the quiet blocks; of all, with `quiet_blocks` 0, where there were none."""
    quiet = [b.rate for b in blocks if b.others <= QUIET]
    rates = quiet or [b.rate for b in blocks]
    found = {
        "peer": peer,
        "model": options.model,
        "mode": options.mode,
        "variant": options.variant,
        "precision": options.precision,
        "batch_size": options.batch_size,
        "threads": options.threads,
        "samples_per_second": round(statistics.median(rates), 1),
        "slowest_block": round(min(rates), 1),
        "fastest_block": round(max(rates), 1),
        "quiet_blocks": len(quiet),
        "milliseconds_per_batch": round(1000 * options.batch_size / statistics.median(rates), 3),
        "versions": versions,
    }
    if options.json:
        print(json.dumps(found))
    else:
        print(
            f"{peer} {options.variant} {options.precision}, {options.model}, {options.mode}, "
            f"batch {options.batch_size}: "
            f"{found['samples_per_second']} samples/s ({found['slowest_block']} to {found['fastest_block']}, "
            f"{len(quiet)} of {len(blocks)} blocks quiet)"
        )
