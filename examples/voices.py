#!/usr/bin/env python3
"""Speaks words with synthetic voices, as recordings for `duet data build --audio`.

    examples/voices.py --output data/voices cat dog bird
    examples/voices.py --output data/voices 0=zero 1=one 2=two

Each word makes a class folder; CLASS=WORD gives the class another name. Below it is a folder for each voice, which `duet` reads as
the speaker. The voices are those of the speech synthesizers that are installed, on Debian:

    apt install espeak-ng flite festival festvox-kallpc16k festvox-kdlpc16k festvox-us-slt-hts

espeak-ng has the most: English accents in many voices, and English words with the sounds of other languages, as foreign speakers
say them. Pitch and speed are drawn at random for each recording. Equal seeds and versions of the synthesizers make equal files.
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
import tempfile

ENGLISH = "en en-us en-gb-scotland en-gb-x-rp en-gb-x-gbclan en-gb-x-gbcwmd en-029 en-us-nyc".split()
FOREIGN = "fr fr-be de es es-419 it nl pt pt-br pl ru cs sv nb da fi hu tr hi ro el".split()
# Those of espeak-ng's variants that sound like a person: no robots, whispers or effects.
VARIANTS = """adam Alex Alicia Andrea Andy Annie antonio aunty belinda benjamin boris caleb david Denis Diogo ed edward edward2 Gene Gene2
Henrique Hugo iven iven2 iven3 iven4 Jacky john kaukovalta Lee linda marcelo Marco Mario Michael michel miguel mike Mr pablo paul pedro
quincy rob robert steph steph2 steph3 travis victor Zac anika f1 f2 f3 f4 f5 grandma grandpa klatt klatt2 klatt3 klatt4 m1 m2 m3 m4 m5 m6
m7 m8 norbert sandro shelby Nguyen Storm""".split()
# Flite's voices with their mean pitch in Hz. Festival's two diphone voices can be changed like them, its HMM voice in tempo only.
FLITE = {"awb": 120, "kal16": 100, "rms": 100, "slt": 180}
FESTIVAL = {"kal_diphone": 105, "ked_diphone": 105, "cmu_us_slt_arctic_hts": None}
# English phonemes in espeak-ng's notation, and what stands for them where a language has no such sound.
FOREIGN_SOUNDS = [
    ("i@r", "ir"), ("i@", "i"), ("oU", "ou"), ("aI", "ai"), ("eI", "ei"), ("aU", "au"), ("OI", "oi"), ("3:", "er"), ("A@", "ar"),
    ("A:", "a"), ("O@", "or"), ("O:", "o"), ("o@", "or"), ("e@", "er"), ("u:", "u"), ("i:", "i"), ("I2", "i"), ("I", "i"), ("E", "e"),
    ("V", "a"), ("U", "u"), ("a#", "a"), ("@L", "el"), ("0", "o"),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="+", metavar="WORD", help="a word, or CLASS=WORD")
    parser.add_argument("--output", required=True, help="the folder to make")
    parser.add_argument("--voices", type=int, default=160, help="English voices of espeak-ng (default: 160)")
    parser.add_argument("--foreign", type=int, default=110, help="voices of espeak-ng with foreign sounds (default: 110)")
    parser.add_argument("--clips", type=int, default=2, help="recordings of each word by each voice of espeak-ng (default: 2)")
    parser.add_argument("--seed", type=int, default=0, help="random seed (default: 0)")
    arguments = parser.parse_args()
    words = [(word.split("=", 1)[0], word.split("=", 1)[-1]) for word in arguments.words]
    for label, word in words:
        if not label or not word or "/" in label or label.startswith("."):
            sys.exit(f"voices.py: '{label}={word}' names no class and word; expected such as cat or 7=seven")
        if re.search(r'[^\w \'-]', word):
            sys.exit(f"voices.py: '{word}' is no word; expected letters, spaces, apostrophes and hyphens")
    output = pathlib.Path(arguments.output)
    if output.exists():
        sys.exit(f"voices.py: {output} exists; remove it or choose another folder")
    found = [name for name in ("espeak-ng", "flite", "text2wave") if shutil.which(name)]
    if not found:
        sys.exit("voices.py: no speech synthesizer is installed; on Debian: apt install espeak-ng flite festival")

    random.seed(arguments.seed)
    partial = output.with_name(output.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    jobs = []
    if "espeak-ng" in found:
        jobs += espeak(words, partial, arguments.voices, arguments.foreign, arguments.clips)
    if "flite" in found:
        jobs += flite(words, partial)
    if "text2wave" in found:
        jobs += festival(words, partial)
    for _, paths in jobs:
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for problem in filter(None, pool.map(speak, jobs)):
            sys.exit(f"voices.py: {problem}")
    # The folder has its name only once it is whole.
    partial.rename(output)
    speakers = {path.parent.name for path in output.rglob("*.wav")}
    print(f"{output}: {sum(len(paths) for _, paths in jobs)} recordings of {len(words)} words by {len(speakers)} voices")


def espeak(words, folder, english, foreign, clips):
    """Voices drawn from all pairs of an accent and a variant, first English ones, then foreign ones."""
    jobs = []
    for languages, count in ((ENGLISH, english), (FOREIGN, foreign)):
        pairs = [(language, variant) for language in languages for variant in VARIANTS]
        random.shuffle(pairs)
        for language, variant in pairs[:count]:
            for label, word in words:
                for clip in range(clips):
                    text = word if languages is ENGLISH else f"[[{foreign_phonemes(word)}]]"
                    path = folder / label / f"espeak-{language}-{variant}".lower() / f"{clip}.wav"
                    jobs.append(([
                        "espeak-ng", "-v", f"{language}+{variant}", "-p", str(random.randint(20, 80)), "-s",
                        str(random.randint(110, 210)), "-w", str(path), text], [path]))
    return jobs


phonemes = {}


def foreign_phonemes(word):
    """The word's phonemes, in sounds that other languages have."""
    if word not in phonemes:
        phonemes[word] = subprocess.run(
            ["espeak-ng", "-q", "-x", "-v", "en-us", word], capture_output=True, text=True, check=True).stdout.strip()
    rest, sounds = phonemes[word], ""
    while rest:
        english, other = next(((a, b) for a, b in FOREIGN_SOUNDS if rest.startswith(a)), (rest[0], rest[0]))
        sounds, rest = sounds + other, rest[len(english):]
    return sounds.replace("T", random.choice(["T", "t", "s"])).replace("D", random.choice(["D", "d", "z"]))


def flite(words, folder):
    """A dozen recordings by each voice, which differ in pitch and speed."""
    jobs = []
    for voice, pitch in FLITE.items():
        for label, word in words:
            for clip in range(12):
                path = folder / label / f"flite-{voice}" / f"{clip}.wav"
                jobs.append(([
                    "flite", "-voice", voice, "--setf", f"duration_stretch={random.uniform(0.75, 1.5):.3f}", "--setf",
                    f"int_f0_target_mean={pitch * random.uniform(0.75, 1.35):.1f}", "-t", word, "-o", str(path)], [path]))
    return jobs


def festival(words, folder):
    """A dozen recordings by each installed voice. Festival starts slowly, so that one process speaks all of a voice."""
    jobs = []
    for voice, pitch in FESTIVAL.items():
        # Festival ends with 3 where this voice is not installed.
        lines, paths = [f"(if (not (member '{voice} (voice.list))) (exit 3))", f"(voice_{voice})"], []
        for label, word in words:
            for clip in range(12):
                path = folder / label / f"festival-{voice}" / f"{clip}.wav"
                lines.append(f"(Parameter.set 'Duration_Stretch {random.uniform(0.75, 1.5):.3f})")
                if pitch:
                    mean = pitch * random.uniform(0.75, 1.35)
                    lines.append(f"(set! int_lr_params '((target_f0_mean {mean:.1f}) (target_f0_std 14) (model_f0_mean 170) (model_f0_std 34)))")
                lines.append(f'(utt.save.wave (utt.synth (Utterance Text "{word}")) "{path}" \'riff)')
                paths.append(path)
        jobs.append((["festival", "--batch", "\n".join(lines)], paths))
    return jobs


def speak(job):
    """Runs a synthesizer; returns what went wrong, or nothing."""
    command, paths = job
    if command[0] == "festival":
        with tempfile.NamedTemporaryFile("w", suffix=".scm") as script:
            script.write(command[2])
            script.flush()
            done = subprocess.run(["festival", "--batch", script.name], capture_output=True, text=True)
        if done.returncode == 3:
            for folder in {path.parent for path in paths}:
                folder.rmdir()
            paths.clear()
            return None
    else:
        done = subprocess.run(command, capture_output=True, text=True)
    missing = [path for path in paths if not path.exists()]
    if done.returncode != 0 or missing:
        return f"{command[0]} failed with {' '.join(command[1:5])[:100]}: {(done.stderr or done.stdout).strip()[:300]}"
    return None


if __name__ == "__main__":
    main()
