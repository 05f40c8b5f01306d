#!/usr/bin/env python3
"""What the model that Duet ships answers where nobody says a digit: other words, letters, noise, silence.

Usage: other_sounds.py DUET      Needs espeak-ng and sox.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from prediction import predictions

SHARES = ("0.02", "0.05", "0.1")
WORDS = (
    "apple banana cat dog house table window water music paper green yellow yes no hello goodbye monday tuesday left right "
    "stop go start open close river mountain city garden bottle"
).split()
DIGITS = "zero one two three four five six seven eight nine".split()


def say(file, voice, text):
    subprocess.run(["espeak-ng", "-v", voice, "-w", file, text], check=True)


def sox(file, *effects):
    subprocess.run(["sox", "-q", "-n", "-r", "16000", "-b", "16", file, *effects], check=True)


def sounds(folder):
    """Files by what they are."""
    kinds = {"other words": [], "letters": [], "noise": [], "silence": [], "digits": []}

    def file(kind, name):
        kinds[kind].append(folder / f"{kind}-{name}.wav")
        return kinds[kind][-1]

    for voice in ("en-us+Alex", "en+f3"):
        for word in WORDS:
            say(file("other words", f"{word}-{voice}"), voice, word)
    for letter in "abcdefghijklmnopqrstuvwxyz":
        say(file("letters", letter), "en-gb-scotland+f2", letter)
    for number in range(30):
        colour = ("whitenoise", "pinknoise", "brownnoise")[number % 3]
        sox(file("noise", number), "synth", "1", colour, "vol", str(0.02 + 0.02 * (number % 5)))
    sox(file("silence", "one second"), "trim", "0", "1")
    for voice in ("en-gb-scotland+f2", "en-us+m1"):
        for digit, word in enumerate(DIGITS):
            say(file("digits", f"{digit}-{voice}"), voice, word)
    return kinds


def main():
    duet = sys.argv[1]
    columns = [f"answered with `--abstain {share} --out-of-distribution {share}`" for share in SHARES]
    print(f"| | recordings | {' | '.join(columns)} |\n|---|---:|" + "---:|" * len(columns))
    with tempfile.TemporaryDirectory() as folder:
        for kind, files in sounds(Path(folder)).items():
            cells = []
            for share in SHARES:
                rows = predictions(duet, "audio", files, ["--abstain", share, "--out-of-distribution", share])
                answered = ["true" not in (row["abstains"], row["out_of_distribution"]) for row in rows]
                cells.append(str(sum(answered)))
                if kind == "digits":
                    wrong = sum(
                        given and row["label"] != file.name.split("-")[1]
                        for given, row, file in zip(answered, rows, files))
                    cells[-1] += f", {wrong} wrong"
            print(f"| {kind} | {len(files)} | {' | '.join(cells)} |", flush=True)


main()
