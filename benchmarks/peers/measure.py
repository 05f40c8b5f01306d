"""What the peers' benchmarks share: their arguments, their data, and how time is taken."""

import argparse
import json
import statistics
import time

import numpy as np

from architectures import MODELS

WARM_UP_STEPS, WARM_UP_SECONDS = 10, 2.0
BLOCKS = 10
BATCHES = 8


def arguments(description, modes, variants):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--model", choices=list(MODELS), default="model-2")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--mode", choices=modes, default=modes[0])
    parser.add_argument("--variant", choices=variants, default=variants[0])
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


def samples_per_second(step, data, batch_size, seconds):
    """Runs `step(*batch)` over and over: the rates of ten blocks, after a warm-up of at least ten steps and two seconds."""
    done, start = 0, time.perf_counter()
    while done < WARM_UP_STEPS or time.perf_counter() - start < WARM_UP_SECONDS:
        step(*data[done % len(data)])
        done += 1
    rates = []
    for _ in range(BLOCKS):
        done, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds / BLOCKS or done == 0:
            step(*data[done % len(data)])
            done += 1
        rates.append(done * batch_size / elapsed)
    return rates


def report(options, peer, versions, rates):
    found = {
        "peer": peer,
        "model": options.model,
        "mode": options.mode,
        "variant": options.variant,
        "batch_size": options.batch_size,
        "threads": options.threads,
        "samples_per_second": round(statistics.median(rates), 1),
        "slowest_block": round(min(rates), 1),
        "fastest_block": round(max(rates), 1),
        "milliseconds_per_batch": round(1000 * options.batch_size / statistics.median(rates), 3),
        "versions": versions,
    }
    if options.json:
        print(json.dumps(found))
    else:
        print(
            f"{peer} {options.variant}, {options.model}, {options.mode}, batch {options.batch_size}: "
            f"{found['samples_per_second']} samples/s ({found['slowest_block']} to {found['fastest_block']})"
        )
