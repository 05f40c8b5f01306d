#!/usr/bin/env python3
"""Uses the page of `duet serve` in a real Chromium: draws, records, chooses files, and takes screenshots.

Usage: check-page.py DUET MODEL FOLDER [CHROMIUM]

MODEL takes the digits' images and audio. Needs Chromium and nothing else; it is driven over its debugging pipe.
Ends with status 1 where the page does not do what it should.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
from urllib.parse import urlparse

from browser import Browser

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"


# A seven, with many points on its way as a hand makes them.
def line(a, b, count=12):
    return [(a[0] + (b[0] - a[0]) * i / count, a[1] + (b[1] - a[1]) * i / count) for i in range(count + 1)]


SEVEN = [line((0.28, 0.22), (0.72, 0.22)) + line((0.72, 0.22), (0.42, 0.82))[1:]]
PREDICTED = "/probability/.test(document.getElementById('answer').textContent)"


def check(condition, what):
    print(("good  " if condition else "BAD   ") + what)
    if not condition:
        raise SystemExit(1)


def main():
    duet, model, folder = sys.argv[1:4]
    chromium = sys.argv[4] if len(sys.argv) > 4 else "chromium"
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    collected = tempfile.TemporaryDirectory()
    server = subprocess.Popen(
        [duet, "serve", "--model", model, "--port", "0", "--log-level", "error", "--collect", collected.name],
        stdout=subprocess.PIPE, text=True)
    address = re.search(r"http://\S+", server.stdout.readline()).group()
    hosts = set()
    try:
        recording = EXAMPLES / "seven.wav"
        browser = Browser(chromium, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
                          f"--use-file-for-fake-audio-capture={recording}")
        browser.open(address)
        check(browser.value("!document.getElementById('image-panel').hidden && !document.getElementById('audio-panel').hidden"), "both panels are there")
        browser.draw(SEVEN)
        browser.until(PREDICTED, "a drawing is predicted")
        browser.until("document.getElementById('answer').textContent.startsWith('7,')", "a drawn seven is a seven")
        check(browser.value("document.querySelectorAll('#bars table').length") == 1, "one table of bars for an image alone")
        check(browser.value("document.querySelector('#seen-image canvas').width") == 28, "the prepared picture is shown")
        browser.value("document.getElementById('record').click()")
        browser.until("document.getElementById('countdown').textContent !== ''", "the countdown runs")
        browser.until("/recorded|Hardly/.test(document.getElementById('audio-note').textContent)", "a recording is made")
        browser.until("document.querySelectorAll('#bars table').length === 3", "image, audio and both have bars")
        check(browser.value("document.querySelector('#seen-audio canvas').width") == 39, "the features are shown, 39 frames")
        browser.value("document.getElementById('occlusion').click()")
        browser.until("!document.getElementById('legend').hidden", "what the prediction rests on is shown")
        browser.picture(folder / "light.png")
        check(browser.value("/Accuracy on|was not measured/.test(document.getElementById('card').textContent)"), "the model's card is there")
        browser.value("document.getElementById('right').value = '1'")
        browser.value("document.querySelector('#correction button').click()")
        browser.until("/Saved as 1/.test(document.getElementById('saved').textContent)", "the right answer is saved")
        saved = sorted(path.parent.name for path in pathlib.Path(collected.name).rglob("*.*"))
        check(saved == ["1", "1"], f"both files lie under the right class: {saved}")
        browser.value("document.getElementById('remove').click()")
        browser.until("document.querySelectorAll('#bars table').length === 1", "a recording can be removed")

        browser.open(address, dark=True)
        browser.choose("picture", EXAMPLES / "seven.png")
        browser.choose("recording", EXAMPLES / "seven.wav")
        browser.until("document.querySelectorAll('#bars table').length === 3", "chosen files are predicted")
        browser.picture(folder / "dark.png")

        browser.open(address)
        browser.drop("image-panel", EXAMPLES / "seven.png")
        browser.until("document.getElementById('answer').textContent.startsWith('7,')", "a dropped picture of a seven is a seven")
        browser.drop("image-panel", EXAMPLES / "seven.wav")
        browser.until("document.querySelectorAll('#bars table').length === 3", "a dropped recording is heard, wherever it is dropped")

        browser.open(address, width=390, height=844, phone=True)
        browser.draw(SEVEN)
        browser.until("document.getElementById('answer').textContent.startsWith('7,')", "a seven drawn on a phone is a seven")
        check(browser.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "nothing is wider than a phone")
        browser.picture(folder / "phone.png")

        browser.open(address)
        reached = []
        for _ in range(14):
            for kind in ("keyDown", "keyUp"):
                browser.send("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
            reached.append(browser.value("document.activeElement.id"))
        wanted = ["pad", "clear", "picture", "record", "recording"]
        check([name for name in reached if name in wanted][:5] == wanted, f"the keyboard reaches everything: {reached}")
        problems = []
        for event in browser.events:
            if event.get("method") == "Network.requestWillBeSent":
                hosts.add(urlparse(event["params"]["request"]["url"]).netloc)
            if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
                problems.append(event["params"])
        browser.close()
        check(not problems, f"no errors in the browser's log {problems}")

        # No microphone is allowed: there is nobody to ask.
        browser = Browser(chromium, "--use-fake-device-for-media-stream", "--deny-permission-prompts")
        browser.open(address)
        browser.value("document.getElementById('record').click()")
        browser.until("/does not allow/.test(document.getElementById('audio-note').textContent)", "a denied microphone is explained")
        browser.picture(folder / "denied.png")
        browser.close()
        # Files in memory have no host.
        check(hosts - {""} == {urlparse(address).netloc}, f"no request leaves for another host: {hosts}")
    finally:
        server.terminate()
        server.wait()
        collected.cleanup()


main()
