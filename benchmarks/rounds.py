"""Runs contestants in turn, one process at a time."""

import json
import subprocess
import sys

import embeddings
import processes
import profiles

TIME_LIMIT = 600  # seconds; torch.compile needs most of a minute
ENOUGH_QUIET_BLOCKS = 5  # of a run's twenty; with fewer, other processes may have spoiled the run
PROCESS_ROUNDS = 20  # a process takes a moment only, and one alone says little
EMBEDDING_ROUNDS = 3  # the peers take a quarter of a minute each, and no warm-up helps them
HOPELESS = 0.7  # a variant slower than that beside another of the same peer is not run again


def progress(text):
    print(text, file=sys.stderr, flush=True)


def runner(case, contestants, conditions):
    """What runs a contestant once, and how often it is to."""
    if case.mode == "predict":
        commands = processes.commands(conditions)
        run_once = lambda contestant: processes.run(commands[contestant.program], conditions.environment)  # noqa: E731
        for contestant in contestants:
            run_once(contestant)  # fills the page cache
        return run_once, PROCESS_ROUNDS
    if case.mode == "embed":
        return lambda contestant: embeddings.run(contestant, case, conditions), min(conditions.rounds, EMBEDDING_ROUNDS)
    if case.mode == "profile":
        return profiles.runner(case, conditions), conditions.rounds
    return lambda contestant: run(contestant, case, conditions), conditions.rounds


def measure(case, contestants, conditions):
    """All runs of each contestant. Round by round, so that a machine that slows down or speeds up does so for all
    alike. One that fails once, or has no hope of being its peer's best, is left out from then on."""
    run_once, rounds = runner(case, contestants, conditions)
    runs = {contestant: [] for contestant in contestants}
    for number in range(1, rounds + 1):
        left = [contestant for contestant in runs if is_worth_running(contestant, runs)]
        for contestant in left:
            runs[contestant].append(run_once(contestant))
            progress(f"  round {number} of {rounds}: {contestant.name}: {outcome(case, runs[contestant][-1])}")
    return runs


def is_worth_running(contestant, runs):
    if any("error" in earlier for earlier in runs[contestant]):
        return False
    first = {other: own[0] for other, own in runs.items() if own and "error" not in own[0]}
    if contestant not in first or not first[contestant]["quiet"] or contestant.is_duet:
        return True
    same = (other for other in first if (other.peer, other.precision) == (contestant.peer, contestant.precision))
    best = max(first[other]["samples_per_second"] for other in same)
    return first[contestant]["samples_per_second"] >= HOPELESS * best


def outcome(case, run):
    if "error" in run:
        return run["error"]
    rate = run["samples_per_second"]
    if case.mode == "embed":
        return f"{1 / rate:.2f} s, KL {run['divergence']:.3f}, trustworthiness {run['trustworthiness']:.3f}"
    return f"{1000 / rate:.2f} ms" if case.batch_size == 1 or case.mode == "profile" else f"{rate:,} samples/s"


def run(contestant, case, conditions):
    """One run's line of JSON as a dictionary, or one with `error`, what it said."""
    command = contestant.command(case, conditions.threads, conditions.seconds)
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            env=conditions.environment,
        )
        if done.returncode != 0:
            # Python says what is wrong in its last line, Duet in its first.
            said = done.stderr.strip().splitlines()
            return {"error": said[0 if contestant.is_duet else -1] if said else f"ended with {done.returncode}"}
        found = json.loads(done.stdout.splitlines()[-1])
        # A neighbour that is there on purpose does not spoil a run.
        is_quiet = conditions.beside_busy_process or found["quiet_blocks"] >= ENOUGH_QUIET_BLOCKS
        return {**found, "quiet": is_quiet}
    except subprocess.TimeoutExpired:
        return {"error": f"took more than {TIME_LIMIT} s"}
    except (OSError, IndexError, json.JSONDecodeError) as error:
        return {"error": str(error)}
