#!/usr/bin/env python3
"""Speaks words that are none of the given ones, as background examples for `duet data build --background-audio`.

    examples/other_words.py --output data/other-words zero one two
    duet data build --audio recordings --background-audio data/other-words

The words are drawn from a list, on Debian that of the package wamerican-small, and each is spoken by several voices of espeak-ng and
flite. Words that sound like a given one are left out. The letters of the alphabet are spoken by more voices: they are short, and
many differ from a word in one sound. Equal seeds, lists and versions of the synthesizers make equal files.
"""

import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

import voices

WORD_LIST = "/usr/share/dict/american-english-small"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="+", metavar="WORD", help="a word that is not to be spoken, as for voices.py: WORD or CLASS=WORD")
    parser.add_argument("--output", required=True, help="the folder to make")
    parser.add_argument("--list", default=WORD_LIST, help=f"a file with a word in each line (default: {WORD_LIST})")
    parser.add_argument("--number", type=int, default=2000, help="how many words are spoken (default: 2000)")
    parser.add_argument("--except", dest="excepted", help="a file with more words that are not to be spoken")
    parser.add_argument("--seed", type=int, default=0, help="random seed (default: 0)")
    arguments = parser.parse_args()
    output = pathlib.Path(arguments.output)
    if output.exists():
        sys.exit(f"other_words.py: {output} exists; remove it or choose another folder")
    if not shutil.which("espeak-ng"):
        sys.exit("other_words.py: espeak-ng is not installed; on Debian: apt install espeak-ng flite")
    for file in filter(None, (arguments.list, arguments.excepted)):
        if not os.path.isfile(file):
            sys.exit(f"other_words.py: {file} is not there; on Debian, apt install wamerican-small has {WORD_LIST}")

    random.seed(arguments.seed)
    excepted = {word.split("=", 1)[-1] for word in arguments.words}
    if arguments.excepted:
        excepted |= set(pathlib.Path(arguments.excepted).read_text().split())
    words = other_words(arguments.list, excepted, arguments.number)
    partial = output.with_name(output.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    jobs = [job for word in words for job in spoken(word, partial, english=4, foreign=1, flite=2)]
    jobs += [job for letter in LETTERS if letter not in excepted for job in spoken(letter, partial, english=80, foreign=20, flite=16)]
    for _, paths in jobs:
        paths[0].parent.mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for problem in filter(None, pool.map(voices.speak, jobs)):
            sys.exit(f"other_words.py: {problem}")
    # The folder has its name only once it is whole.
    partial.rename(output)
    print(f"{output}: {len(jobs)} recordings of {len(words)} words and {len(LETTERS)} letters")


def other_words(file, excepted, number):
    """Words of a list that sound like none of the excepted ones, nor like the plural of one."""
    listed = [line.strip() for line in open(file) if re.fullmatch("[a-z]{2,7}", line.strip())]
    random.shuffle(listed)
    sounds = {pronunciation(form) for word in excepted for form in (word, word + "s")}
    words = []
    for word in listed:
        if len(words) == number:
            break
        if word not in excepted and pronunciation(word) not in sounds:
            words.append(word)
    return words


def pronunciation(word):
    """The word's phonemes in espeak-ng's notation, without stress."""
    done = subprocess.run(["espeak-ng", "-q", "-x", "-v", "en-us", word], capture_output=True, text=True, check=True)
    return re.sub("[', ]", "", done.stdout.strip())


def spoken(word, folder, english, foreign, flite):
    """Recordings of a word, each by a voice, a pitch and a speed drawn for it."""
    jobs = []
    for languages, count in ((voices.ENGLISH, english), (voices.FOREIGN, foreign)):
        for clip in range(count):
            voice = f"{random.choice(languages)}+{random.choice(voices.VARIANTS)}"
            text = word if languages is voices.ENGLISH else f"[[{voices.foreign_phonemes(word)}]]"
            path = folder / word / f"espeak-{voice}-{clip}.wav".lower()
            jobs.append(([
                "espeak-ng", "-v", voice, "-p", str(random.randint(20, 80)), "-s", str(random.randint(110, 210)), "-w", str(path),
                text], [path]))
    for clip in range(flite if shutil.which("flite") else 0):
        voice, pitch = random.choice(list(voices.FLITE.items()))
        path = folder / word / f"flite-{voice}-{clip}.wav"
        jobs.append(([
            "flite", "-voice", voice, "--setf", f"duration_stretch={random.uniform(0.75, 1.5):.3f}", "--setf",
            f"int_f0_target_mean={pitch * random.uniform(0.75, 1.35):.1f}", "-t", word, "-o", str(path)], [path]))
    return jobs


if __name__ == "__main__":
    main()
