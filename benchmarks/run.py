"""Runs Duet and its peers in turn on the same networks, and shows how their speeds compare.

Run it through `make bench`, which builds Duet's part and sets up a Python with the peers.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import machine
import report
from contestants import CASES, DUET, HERE, QUICK_CASES, taking_part

RESULTS = HERE / "results" / "latest.json"
TIME_LIMIT = 600  # seconds; torch.compile needs most of a minute
ENOUGH_QUIET_BLOCKS = 5  # of a run's twenty; with fewer, other processes may have spoiled the run


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="Model 2 and the peers' known best only, in two rounds")
    parser.add_argument("--rounds", type=int, help="how often each contestant runs (3; with --quick 2)")
    parser.add_argument("--seconds", type=float, help="how long each run measures (3; with --quick 1.5)")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the results go (replaced): %(default)s")
    parser.add_argument("--markdown", action="store_true", help="measure nothing; show the results in --output as Markdown")
    found = parser.parse_args()
    found.rounds = found.rounds if found.rounds is not None else (2 if found.quick else 3)
    found.seconds = found.seconds if found.seconds is not None else (1.5 if found.quick else 3.0)
    for name in ("rounds", "seconds", "threads"):
        if getattr(found, name) <= 0:
            parser.error(f"--{name} is {getattr(found, name)}; it must be above 0")
    return found


def run(contestant, case, options):
    """One run's line of JSON as a dictionary, or one with `error`, the last thing that it said."""
    command = contestant.command(case, options.threads, options.seconds)
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIME_LIMIT)
        if done.returncode == 0:
            return json.loads(done.stdout.splitlines()[-1])
        said = done.stderr.strip().splitlines()
        return {"error": said[-1] if said else f"ended with {done.returncode}"}
    except subprocess.TimeoutExpired:
        return {"error": f"took more than {TIME_LIMIT} s"}
    except (OSError, IndexError, json.JSONDecodeError) as error:
        return {"error": str(error)}


def progress(text):
    print(text, file=sys.stderr, flush=True)


def measure(case, options):
    """Runs all in turn, round by round, so that a machine that slows down or speeds up does so for all alike."""
    runs = {contestant: [] for contestant in taking_part(case, options.quick)}
    for number in range(1, options.rounds + 1):
        for contestant, own in runs.items():
            if any("error" in earlier for earlier in own):
                continue
            found = run(contestant, case, options)
            own.append(found)
            outcome = found.get("error") or f"{found['samples_per_second']:,} samples/s"
            progress(f"  round {number} of {options.rounds}: {contestant.peer} {contestant.variant}: {outcome}")
    return {**case._asdict(), "results": [summary(contestant, own) for contestant, own in runs.items()]}


def summary(contestant, runs):
    """The median of the runs that had the machine to themselves; of all, marked as `disturbed`, where none had."""
    found = {"peer": contestant.peer, "variant": contestant.variant, "runs": runs}
    errors = [run["error"] for run in runs if "error" in run]
    if errors:
        return {**found, "error": errors[0]}
    quiet = [run for run in runs if run["quiet_blocks"] >= ENOUGH_QUIET_BLOCKS]
    rate = statistics.median(run["samples_per_second"] for run in quiet or runs)
    return {**found, "samples_per_second": round(rate, 1), "disturbed": not quiet}


def versions(cases):
    found = {"swift": machine.swift_version()}
    for case in cases:
        for result in case["results"]:
            for own in result["runs"]:
                found.update(own.get("versions", {}))
    return found


def save(results, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_text(json.dumps(results, indent=2) + "\n")
    beside.replace(path)


def show_markdown(path):
    try:
        print(report.markdown(json.loads(path.read_text())))
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"{path} holds no results ({error!r}); measure first, with `make bench`")


def main():
    options = arguments()
    if options.markdown:
        return show_markdown(options.output)
    if not DUET.is_file():
        sys.exit(f"{DUET} is missing; build it with `swift build -c release --product {DUET.name}`")
    start = time.time()
    results = {
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start)),
        "settings": {"rounds": options.rounds, "seconds": options.seconds, "threads": options.threads},
        "machine": machine.description(),
        "cases": [],
    }
    cases = QUICK_CASES if options.quick else CASES
    for number, case in enumerate(cases, 1):
        progress(f"{number} of {len(cases)}: {report.title(case._asdict())}")
        results["cases"].append(measure(case, options))
        results["versions"] = versions(results["cases"])
        save(results, options.output)
    print(report.text(results))
    progress(f"took {time.time() - start:.0f} s; everything is in {options.output}")
    if any("error" in result for case in results["cases"] for result in case["results"]):
        sys.exit("not all contestants ran: see above")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
