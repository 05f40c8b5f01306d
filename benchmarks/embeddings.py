"""t-SNE of Duet, openTSNE and scikit-learn on the same points: how long it takes, and how good the map is."""

import json
import subprocess
import sys

from contestants import DUET_PREDICT, HERE, PEERS
from processes import checked

FOLDER = HERE / "results" / "tsne"
DIGITS = HERE.parent / "data" / "digits"
TIME_LIMIT = 1200


def prepare(count):
    """The points: test images of the digits, which Duet fetches where they are not there."""
    points = FOLDER / f"points-{count}.npy"
    if not points.is_file():
        FOLDER.mkdir(parents=True, exist_ok=True)
        digits = DIGITS
        if not digits.is_dir():
            digits = FOLDER / "digits"
            checked([DUET_PREDICT.program, "data", "fetch", "digits", "--output", digits, "--force"])
        checked([sys.executable, PEERS / "tsne_points.py", digits, str(count), points])
    return points


def run(contestant, case, conditions):
    """One process, timed by itself, in the form of the other runs; the map is measured by one rule for all."""
    points, threads = prepare(case.batch_size), conditions.threads
    found_map = FOLDER / f"{contestant.name.replace(' ', '-')}.npy"
    if contestant.is_duet:
        command = [contestant.program, "tsne", points, found_map, "--threads", str(threads)]
    else:
        command = [sys.executable, contestant.program, points, found_map]
        command += ["--variant", contestant.variant, "--threads", str(threads)]
    try:
        own = last_line(command, conditions.environment)
        quality = last_line([sys.executable, PEERS / "tsne_quality.py", points, found_map], None)
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        return {"error": said[-1]}
    return {
        **quality,
        "seconds": own["seconds"],
        "samples_per_second": 1 / own["seconds"],
        "own_divergence": own["divergence"],
        "versions": own["versions"],
        "quiet": True,
    }


def last_line(command, environment):
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
        check=True,
        env=environment,
    )
    return json.loads(done.stdout.splitlines()[-1])
