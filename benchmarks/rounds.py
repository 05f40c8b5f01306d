"""Runs contestants in turn, one process at a time."""

import json
import subprocess
import sys

import embeddings
import processes

TIME_LIMIT = 600  # seconds; torch.compile needs most of a minute
ENOUGH_QUIET_BLOCKS = 5  # of a run's twenty; with fewer, other processes may have spoiled the run
PROCESS_ROUNDS = 20  # a process takes a moment only, and one alone says little
EMBEDDING_ROUNDS = 3  # the peers take a quarter of a minute each, and no warm-up helps them


def progress(text):
    print(text, file=sys.stderr, flush=True)


def refusal(contestant, case):
    """What Duet says to a precision that it does not have, or None where it runs."""
    if contestant.precision == "f32":
        return None
    return run(contestant, case._replace(batch_size=1), threads=1, seconds=0.01).get("error")


def measure(case, contestants, options):
    """All runs of each contestant. Round by round, so that a machine that slows down or speeds up does so for all
    alike. One that fails once is left out from then on."""
    if case.mode == "predict":
        commands = processes.commands(options.threads)
        runs_once = lambda contestant: processes.run(commands[contestant.program])  # noqa: E731
        for contestant in contestants:
            runs_once(contestant)  # fills the page cache
        rounds = PROCESS_ROUNDS
    elif case.mode == "embed":
        runs_once = lambda contestant: embeddings.run(contestant, case, options.threads)  # noqa: E731
        rounds = min(options.rounds, EMBEDDING_ROUNDS)
    else:
        runs_once = lambda contestant: run(contestant, case, options.threads, options.seconds)  # noqa: E731
        rounds = options.rounds
    runs = {contestant: [] for contestant in contestants}
    for number in range(1, rounds + 1):
        for contestant, own in runs.items():
            if any("error" in earlier for earlier in own):
                continue
            own.append(runs_once(contestant))
            progress(f"  round {number} of {rounds}: {contestant.name}: {outcome(case, own[-1])}")
    return runs


def outcome(case, run):
    if "error" in run:
        return run["error"]
    rate = run["samples_per_second"]
    if case.mode == "embed":
        return f"{1 / rate:.2f} s, KL {run['divergence']:.3f}, trustworthiness {run['trustworthiness']:.3f}"
    return f"{1000 / rate:.2f} ms" if case.batch_size == 1 else f"{rate:,} samples/s"


def run(contestant, case, threads, seconds):
    """One run's line of JSON as a dictionary, or one with `error`, what it said."""
    command = contestant.command(case, threads, seconds)
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIME_LIMIT)
        if done.returncode != 0:
            # Python says what is wrong in its last line, Duet in its first.
            said = done.stderr.strip().splitlines()
            return {"error": said[0 if contestant.is_duet else -1] if said else f"ended with {done.returncode}"}
        found = json.loads(done.stdout.splitlines()[-1])
        return {**found, "quiet": found["quiet_blocks"] >= ENOUGH_QUIET_BLOCKS}
    except subprocess.TimeoutExpired:
        return {"error": f"took more than {TIME_LIMIT} s"}
    except (OSError, IndexError, json.JSONDecodeError) as error:
        return {"error": str(error)}
