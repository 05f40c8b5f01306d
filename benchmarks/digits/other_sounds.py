#!/usr/bin/env python3
"""What the model that Duet ships answers where nobody says a digit: other words, letters, noise, music, silence. And how many real
digits it answers, where there are recordings of the Free Spoken Digit Dataset.

Usage: other_sounds.py DUET [SPOKEN RECORDINGS]      Needs espeak-ng, sox and klettres-data.

SPOKEN and RECORDINGS are as for recordings.py.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from prediction import predictions
from recordings import test_recordings

SHARES = ("0.02", "0.05", "0.1")
# What the training of the model leaves out.
WORDS = Path(__file__).with_name("other-words.txt").read_text().split()
# Letters spoken by two people, of Debian's package klettres-data.
LETTERS = [Path("/usr/share/klettres", language, "alpha") for language in ("en", "en_GB")]
DIGITS = "zero one two three four five six seven eight nine".split()


def say(file, voice, text):
    subprocess.run(["espeak-ng", "-v", voice, "-w", file, text], check=True)


def sox(file, *effects):
    subprocess.run(["sox", "-q", "-n", "-r", "16000", "-b", "16", file, *effects], check=True)


def sounds(folder):
    """Files by what they are."""
    kinds = {"other words": [], "letters": [], "noise": [], "music": [], "silence": [], "digits": []}
    kinds["letters, spoken by people"] = sorted(file for place in LETTERS for file in place.glob("*.ogg"))

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
    for number in range(30):
        # Three notes of a plucked or a bowed string, one after another.
        kind, pitch = ("pluck", "triangle", "sine")[number % 3], 200 + 37 * number
        notes = [f"{kind} {round(pitch * ratio)}".split() for ratio in (1, 1.25, 1.5)]
        effects = [part for note in notes for part in (":", "synth", "0.3", *note, "fade", "0.02", "0.3", "0.1")][1:]
        sox(file("music", number), *effects, "vol", "0.3")
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
        kinds = sounds(Path(folder))
        if len(sys.argv) > 3:
            kinds["test recordings of the digits"] = test_recordings(Path(sys.argv[2]), Path(sys.argv[3]))
        for kind, files in kinds.items():
            cells = []
            for share in SHARES:
                rows = predictions(duet, "audio", files, ["--abstain", share, "--out-of-distribution", share])
                answered = ["true" not in (row["abstains"], row["out_of_distribution"]) for row in rows]
                cells.append(str(sum(answered)))
                if "digits" in kind:
                    wrong = sum(
                        given and row["label"] != re.split("[-_]", file.name)[kind == "digits"]
                        for given, row, file in zip(answered, rows, files))
                    cells[-1] += f", {wrong} wrong"
            print(f"| {kind} | {len(files)} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
