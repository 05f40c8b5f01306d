#!/usr/bin/env python3
"""Uses the page of `duet serve` in a real Chromium: draws, records, chooses files, and takes screenshots.

Usage: check-page.py DUET MODEL FOLDER [CHROMIUM]

MODEL takes the digits' images and audio. Needs Chromium and nothing else; it is driven over its debugging pipe.
Ends with status 1 where the page does not do what it should.
"""

import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlparse

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "Tests" / "Fixtures"
WAIT = 15


class Browser:
    """Chromium without a window, spoken to in JSON over two pipes."""

    def __init__(self, program, *options):
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)

        def give_pipes():
            # First out of the way, then to where Chromium looks for them.
            a, b = os.dup(to_browser), os.dup(from_browser)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             f"--user-data-dir={self.folder.name}", *options, "about:blank"],
            preexec_fn=give_pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.number, self.rest, self.events = 0, b"", []
        target = next(t for t in self.send("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = None
        self.session = self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "DOM"):
            self.send(f"{domain}.enable")

    def send(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def receive(self):
        while b"\0" not in self.rest:
            data = os.read(self.input, 1 << 16)
            if not data:
                raise RuntimeError("Chromium has ended")
            self.rest += data
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def value(self, expression):
        result = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def until(self, expression, what):
        end = time.time() + WAIT
        while time.time() < end:
            if self.value(expression):
                return
            time.sleep(0.05)
        raise SystemExit(f"check-page.py: {what}: not within {WAIT} s ({self.value('document.body.innerText')!r})")

    def open(self, address, width=1100, height=1000, dark=False, phone=False):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if phone else 1, mobile=phone)
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.send("Page.navigate", url=address)
        self.until("document.readyState === 'complete' && document.getElementById('answer') !== null", "the page loads")

    def choose(self, identifier, path):
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector="#" + identifier)["nodeId"]
        self.send("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    def draw(self, strokes):
        box = self.value("(() => { pad.scrollIntoView({block: 'center'}); const b = pad.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; })()")
        def event(kind, point, buttons):
            self.send("Input.dispatchMouseEvent", type=kind, x=box[0] + point[0] * box[2], y=box[1] + point[1] * box[3],
                      button="left", buttons=buttons, clickCount=1, pointerType="mouse")
        for stroke in strokes:
            event("mousePressed", stroke[0], 1)
            for point in stroke[1:]:
                event("mouseMoved", point, 1)
            event("mouseReleased", stroke[-1], 0)

    def picture(self, path):
        # What is still being predicted comes first.
        time.sleep(0.6)
        height = self.value("Math.ceil(document.documentElement.scrollHeight)")
        width = self.value("document.documentElement.clientWidth")
        shot = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=True,
                         clip={"x": 0, "y": 0, "width": width, "height": height, "scale": 1})
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        self.process.terminate()
        self.process.wait()


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
    server = subprocess.Popen([duet, "serve", "--model", model, "--port", "0", "--log-level", "error"], stdout=subprocess.PIPE, text=True)
    address = re.search(r"http://\S+", server.stdout.readline()).group()
    hosts = set()
    try:
        recording = FIXTURES / "audio" / "paper.wav"
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
        browser.picture(folder / "light.png")
        browser.value("document.getElementById('remove').click()")
        browser.until("document.querySelectorAll('#bars table').length === 1", "a recording can be removed")

        browser.open(address, dark=True)
        browser.choose("picture", FIXTURES / "images" / "seven.png")
        browser.choose("recording", FIXTURES / "audio" / "telephone.wav")
        browser.until("document.querySelectorAll('#bars table').length === 3", "chosen files are predicted")
        browser.picture(folder / "dark.png")

        browser.open(address, width=390, height=844, phone=True)
        browser.draw(SEVEN)
        browser.until("document.getElementById('answer').textContent.startsWith('7,')", "a seven drawn on a phone is a seven")
        check(browser.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "nothing is wider than a phone")
        browser.picture(folder / "phone.png")

        browser.open(address)
        reached = []
        for _ in range(12):
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


main()
