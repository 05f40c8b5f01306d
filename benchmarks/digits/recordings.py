#!/usr/bin/env python3
"""How the model that Duet ships recognizes recordings with noise, in rooms, over telephones and at bad levels.

Usage: recordings.py DUET DATA RECORDINGS

DATA is the folder of `duet data fetch digits`, which says which recordings are the test side's; RECORDINGS is the folder
`recordings` of the Free Spoken Digit Dataset, or some of its files. Needs NumPy.
"""

import sys
import tempfile
import wave
from pathlib import Path

import numpy

from prediction import accuracy

RATE = 8000
SPEAKERS = ["george", "jackson", "lucas", "nicolas", "theo", "yweweler"]
generator = numpy.random.default_rng(1)


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return value


def test_recordings(data, folder):
    """The test side's recordings that are there; docs/data.md says how their order was found."""
    names = [f"{digit}_{speaker}_{index}.wav" for digit in range(10) for speaker in SPEAKERS for index in range(50)]
    order = sorted(names, key=lambda name: crc32c(name.encode("utf-32-le")) & 0x3FFFFF)
    numbers = numpy.unique(numpy.load(data / "groups_test.npy"))
    return [folder / order[number] for number in numbers if (folder / order[number]).exists()]


def read(file):
    with wave.open(str(file)) as sound:
        return numpy.frombuffer(sound.readframes(sound.getnframes()), "<i2") / 32768


def write(file, sound):
    with wave.open(str(file), "w") as target:
        target.setparams((1, 2, RATE, 0, "NONE", ""))
        target.writeframes((numpy.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def level(sound):
    return numpy.sqrt(numpy.mean(sound**2)) + 1e-12


def with_noise(sound, noise, decibels):
    return sound + noise * (level(sound) / level(noise)) * 10 ** (-decibels / 20)


def white(sound, decibels):
    return with_noise(sound, generator.standard_normal(len(sound)), decibels)


def babble(sound, decibels, others):
    """Six other recordings at once."""
    noise = numpy.zeros(len(sound))
    for _ in range(6):
        other = others[generator.integers(len(others))]
        noise += numpy.roll(numpy.resize(other / level(other), len(sound)), generator.integers(len(sound)))
    return with_noise(sound, noise, decibels)


def in_room(sound, reverberation):
    """Behind a direct sound, noise that decays by 60 dB in so many seconds."""
    length = int(reverberation * RATE)
    response = generator.standard_normal(length) * 10 ** (-3 * numpy.arange(length) / length)
    response *= 0.7 / numpy.sqrt((response**2).sum())
    response[0] += 1
    return numpy.convolve(sound, response)


def mu_law(sound):
    """µ-law with 8 bits."""
    coded = numpy.sign(sound) * numpy.log1p(255 * numpy.abs(numpy.clip(sound, -1, 1))) / numpy.log(256)
    coded = numpy.round(coded * 127) / 127
    return numpy.sign(coded) * (256 ** numpy.abs(coded) - 1) / 255


def telephone(sound):
    """µ-law with 8 bits, and 300 to 3400 Hz."""
    spectrum = numpy.fft.rfft(mu_law(sound))
    frequencies = numpy.fft.rfftfreq(len(sound), 1 / RATE)
    spectrum[(frequencies < 300) | (frequencies > 3400)] = 0
    return numpy.fft.irfft(spectrum, len(sound))


def padded(sound, before, after):
    """With almost silence around, in seconds."""
    start = int(before * RATE)
    result = generator.standard_normal(len(sound) + start + int(after * RATE)) * level(sound) * 10 ** (-50 / 20)
    result[start : start + len(sound)] += sound
    return result


def main():
    duet, data, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    files = test_recordings(data, folder)
    sounds = [read(file) for file in files]
    changes = {
        "as it is": lambda sound: sound,
        **{f"babble at {db} dB": lambda sound, db=db: babble(sound, db, sounds) for db in (20, 10, 5)},
        **{f"white noise at {db} dB": lambda sound, db=db: white(sound, db) for db in (20, 10)},
        **{f"a room, {time} s": lambda sound, time=time: in_room(sound, time) for time in (0.3, 0.6)},
        "µ-law": mu_law,
        "telephone: µ-law, 300 to 3400 Hz": telephone,
        "gain −20 dB": lambda sound: sound * 0.1,
        "gain +20 dB, clipped": lambda sound: sound * 10,
        "0.3 s late": lambda sound: padded(sound, 0.3, 0),
        "0.3 s early": lambda sound: padded(sound, 0, 0.3),
        "0.5 s around": lambda sound: padded(sound, 0.5, 0.5),
    }
    print(f"| {len(files)} test recordings | accuracy |\n|---|---:|")
    for name, change in changes.items():
        with tempfile.TemporaryDirectory() as changed:
            targets = [Path(changed, file.name) for file in files]
            for sound, target in zip(sounds, targets):
                write(target, change(sound))
            share, _ = accuracy(duet, "audio", targets, [file.name[0] for file in files])
        print(f"| {name} | {share:.4f} |", flush=True)


if __name__ == "__main__":
    main()
