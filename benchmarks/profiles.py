"""A training step beside its floor, the least that it could take, as `duet train --profile` measures both."""

import json
import subprocess

from contestants import DUET_STEP, FLOOR
from processes import noise_dataset

STEPS = 40
TIME_LIMIT = 120


def runner(case, conditions):
    """Gives the step's time and the floor's in turn, in the form of the other runs: one profile has both."""
    command = [DUET_STEP.program, "train", "--profile", "--profile-steps", str(STEPS), "--json", "--quiet"]
    command += ["--data", noise_dataset(), "--model", case.model, "--batch-size", str(case.batch_size)]
    command += ["--schedule", "joint", "--threads", str(conditions.threads)]
    last = {}

    def run(contestant):
        if contestant == DUET_STEP:
            last.clear()
            last.update(profile(command, conditions.environment))
        return last if "error" in last else last[contestant]

    return run


def profile(command, environment):
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            env=environment,
        )
        if done.returncode != 0:
            return {"error": done.stderr.strip() or f"ended with {done.returncode}"}
        return read(json.loads(done.stdout))
    except (OSError, ValueError, LookupError, subprocess.SubprocessError) as error:
        return {"error": repr(error)}


def read(report):
    """What is needed of Duet's JSON; the only place that knows its names. A profile cannot tell whether others took
    part of the machine, but its times are medians of many steps."""
    step = report["phases"][0]["step"]
    return {
        DUET_STEP: {"samples_per_second": 1000 / step["stepMilliseconds"], "quiet": True},
        FLOOR: {"samples_per_second": 1000 / (step["stepMilliseconds"] / step["stepToFloor"]), "quiet": True},
    }
