"""A Chromium without a window, driven over its debugging pipe: it needs nothing but the program."""

import base64
import json
import os
import pathlib
import subprocess
import tempfile
import time

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
        raise SystemExit(f"{what}: not within {WAIT} s ({self.value('document.body.innerText')!r})")

    def open(self, address, width=1100, height=1000, dark=False, phone=False):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if phone else 1, mobile=phone)
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.send("Page.navigate", url=address)
        self.until("document.readyState === 'complete' && document.getElementById('answer') !== null", "the page loads")

    def choose(self, identifier, path):
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector="#" + identifier)["nodeId"]
        self.send("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    def drop(self, identifier, path):
        box = self.value(f"(() => {{ const e = document.getElementById('{identifier}'); e.scrollIntoView({{block: 'center'}}); const b = e.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; }})()")
        data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.send("Input.dispatchDragEvent", type=kind, x=box[0] + box[2] / 2, y=box[1] + box[3] / 2, data=data)

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
