#!/usr/bin/env python3
"""Draws held-out MNIST digits on the page of `duet serve`, in a real Chromium, with a mouse along their strokes.

Usage: check-drawings.py DUET DATA [COUNT] [CHROMIUM]

DATA is the folder of `duet data fetch digits`; its test side has MNIST's official test images. The served model is the one
that Duet ships. Prints a table: how many of the same digits are predicted right as the images are, and as they were drawn.
Needs NumPy, SciPy and Chromium.
"""

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy

from browser import Browser
from skeletons import png, strokes

def predicted(address, image):
    """The label of an image as it is."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n' + png(image) + b"\r\n--x--\r\n"
    )
    request = urllib.request.Request(address + "predict", body, {"Content-Type": "multipart/form-data; boundary=x"})
    return json.load(urllib.request.urlopen(request))["examples"][0]["predictions"]["all"]["label"]


def main():
    duet, data = sys.argv[1], Path(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    chromium = sys.argv[4] if len(sys.argv) > 4 else "chromium"
    images = numpy.load(data / "data_wr_test.npy", mmap_mode="r").reshape(-1, 28, 28)
    labels = numpy.load(data / "labels_test.npy").ravel()
    rows = numpy.sort(numpy.random.default_rng(1).choice(len(labels), count, replace=False))
    server = subprocess.Popen([duet, "serve", "--port", "0", "--log-level", "error"], stdout=subprocess.PIPE, text=True)
    address = re.search(r"http://\S+", server.stdout.readline()).group()
    browser = None
    try:
        browser = Browser(chromium)
        browser.open(address)
        right, missed = {"as images": 0, "as drawn": 0}, []
        for row in rows:
            image, label = numpy.asarray(images[row], numpy.uint8), str(labels[row])
            right["as images"] += predicted(address, image) == label
            browser.value("document.getElementById('clear').click()")
            browser.until("document.getElementById('answer').textContent.startsWith('Nothing')", "the drawing is cleared")
            browser.draw(strokes(image))
            # The prediction of the whole drawing: as long as another one is on its way, the text may change.
            browser.value("new Promise((done) => setTimeout(done, 400))")
            browser.until("running === null && /probability/.test(document.getElementById('answer').textContent)", "a prediction")
            drawn = browser.value("document.getElementById('answer').textContent")
            if drawn.startswith(label + ","):
                right["as drawn"] += 1
            else:
                missed.append(f"{row} ({label}): {drawn}")
        print(f"{count} of MNIST's test images, the model that Duet ships\n")
        print("| | right | accuracy |\n|---|---:|---:|")
        for name, number in right.items():
            print(f"| {name} | {number} | {number / count:.4f} |")
        print("\nWrong as drawn: " + ("; ".join(missed) or "none"))
    finally:
        if browser:
            browser.close()
        server.terminate()
        server.wait()


main()
