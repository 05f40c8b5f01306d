"""How long Duet and Keras train until their fused accuracy on the test pairs reaches a target.

Run it through `make bench-accuracy`. Keras trains with the paper's settings and is tested after each quarter of an epoch.
Duet trains by a recipe, which names how many epochs and of how many of the pairs, and is tested at its end. Both may use the
same pairs and are tested on the same. Reading data and testing count for neither. Duet's time includes its validation
after each epoch; Keras has none.

Duet alone trains by a second recipe to a higher target, which Keras's training does not get near.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import machine
from contestants import BUILT, HERE, PEERS

DUET = BUILT / "duet"
RUN = HERE / "results" / "accuracy-run"
RECIPE = (
    "--epochs 1 --limit 5000 --batch-size 32 --learning-rate 0.002 --learning-rate-schedule one-cycle"
    " --fusion product --branch-loss-weight 1"
)
HIGHER_TARGET = 0.9985
HIGHER_RECIPE = (
    "--epochs 1 --limit 16000 --batch-size 64 --learning-rate 0.004 --learning-rate-schedule one-cycle"
    " --fusion product --branch-loss-weight 1"
)
AT_LEAST, AIM = 20, 40


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parent / "data" / "digits", help="made by `duet data fetch`")
    parser.add_argument("--target", type=float, default=0.987)
    parser.add_argument("--recipe", default=RECIPE, help="Duet's settings, as `duet train` takes them: %(default)s")
    parser.add_argument("--keras-epochs", type=int, default=10, help="when Keras gives up (%(default)s)")
    parser.add_argument("--keras-variant", choices=["graph", "xla"], default="graph", help="without or with XLA")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--limit", type=int, help="train on this many pairs only, to try the script")
    parser.add_argument("--output", type=Path, default=HERE / "results" / "accuracy.json")
    return parser.parse_args()


def checked(command):
    """Runs a contestant; what it says goes to the terminal."""
    command = [str(part) for part in command]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{shlex.join(command)} ended with {done.returncode}")
    return done.stdout


def shared(options):
    limit = [] if options.limit is None else ["--limit", options.limit]
    return ["--threads", options.threads, "--seed", options.seed, *limit]


def duet(options, recipe, target):
    start = time.perf_counter()
    command = [DUET, "train", "--data", options.data, "--output", RUN, "--force", "--no-report", *shlex.split(recipe)]
    metrics = json.loads(checked([*command, "--quiet", "--json", *shared(options)]))
    accuracy = metrics["test"]["accuracies"]["all"]["accuracy"]
    return {
        "seconds": round(sum(epoch["seconds"] for epoch in metrics["history"]["epochs"]), 2),
        "epochs": len(metrics["history"]["epochs"]),
        "accuracy": accuracy,
        "reached": accuracy >= target,
        "process_seconds": round(time.perf_counter() - start, 2),
    }


def keras(options):
    command = [sys.executable, PEERS / "accuracy_keras.py", options.data, "--target", options.target]
    command += ["--epochs", options.keras_epochs, "--variant", options.keras_variant, *shared(options)]
    found = json.loads(checked(command).splitlines()[-1])
    last = found["tests"][-1]
    return {
        "seconds": last["seconds"],
        "epochs": last["epoch"],
        "accuracy": max(test["test_accuracy"] for test in found["tests"]),
        "reached": last["test_accuracy"] >= options.target,
        "tests": found["tests"],
        "pairs": found["pairs"],
        "versions": found["versions"],
    }


def verdict(found):
    """The ratio of the times. Where Keras has not got there, it is a lower bound."""
    if not found["duet"]["reached"]:
        return "Duet has not reached the target: no ratio"
    ratio = found["keras"]["seconds"] / found["duet"]["seconds"]
    grade = "aim reached" if ratio >= AIM else "reached" if ratio >= AT_LEAST else "missed"
    bound = "" if found["keras"]["reached"] else "more than "
    return f"{bound}{ratio:.1f}× as fast; at least {AT_LEAST}×, aim for {AIM}×: {grade}"


def line(name, result):
    outcome = "reached in" if result["reached"] else "not reached in"
    epochs = f"{result['epochs']:g} epoch" + ("s" if result["epochs"] > 1 else "")
    return f"{name}: {outcome} {result['seconds']:.1f} s of training ({epochs}), best accuracy {result['accuracy']:.4f}"


def main():
    options = arguments()
    if not DUET.is_file():
        sys.exit(f"{DUET} is missing; build it with `swift build -c release --product duet`")
    if not options.data.is_dir():
        sys.exit(f"{options.data} is missing; make it with `{DUET} data fetch digits --output {options.data}`")
    found = {"machine": machine.description(), "settings": {k: str(v) for k, v in vars(options).items()}}
    found["measured_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    found["duet"] = duet(options, options.recipe, options.target)
    print(line(f"Duet ({options.recipe})", found["duet"]), flush=True)
    found["duet_higher"] = duet(options, HIGHER_RECIPE, HIGHER_TARGET)
    print(line(f"Duet to {HIGHER_TARGET} ({HIGHER_RECIPE})", found["duet_higher"]), flush=True)
    found["keras"] = keras(options)
    print(line(f"Keras (the paper's settings, {options.keras_variant})", found["keras"]))
    found["verdict"] = verdict(found)
    print(f"To {options.target} fused test accuracy: {found['verdict']}")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
