"""Chromium without a window, spoken to over a pipe: the DevTools protocol, and nothing to install.

https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager, suppress

# A test says for itself what is too slow; this only ends what hangs.
PATIENCE = 60  # seconds for an answer

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe",
]  # fmt: skip


def find_chromium():
    """The path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


class Browser:
    """One tab, of which every event is kept."""

    def __init__(self, to_chromium, from_chromium):
        self._out, self._in = to_chromium, from_chromium
        self._left, self._number, self._session = b"", 0, {}
        self.events = []
        (target,) = [
            each for each in self.call("Target.getTargets")["targetInfos"] if each["type"] == "page"
        ]
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = {"sessionId": attached["sessionId"]}
        for domain in ("Page", "Network", "Runtime", "Log", "Accessibility"):
            self.call(f"{domain}.enable")

    def call(self, method, **params):
        """Have something done, and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params, **self._session}
        self._out.write(json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self._read(deadline)
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self.events.append(answer)

    def _read(self, deadline):
        while b"\0" not in self._left:
            ready, _, _ = select.select([self._in], [], [], max(0, deadline - time.monotonic()))
            assert ready, "Chromium does not answer"
            chunk = self._in.read(1 << 16)
            assert chunk, "Chromium has ended"
            self._left += chunk
        line, _, self._left = self._left.partition(b"\0")
        return json.loads(line)

    def open(self, path, *, width, height=800, dark=False, media="screen", is_phone=None):
        """Show a file in a window of this size."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])
        is_phone = width < 500 if is_phone is None else is_phone
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=2, mobile=is_phone,
        )  # fmt: skip
        self.events.clear()
        self.call("Page.navigate", url=path.as_uri())
        deadline = time.monotonic() + PATIENCE
        while not self.named("Page.loadEventFired"):
            self.events.append(self._read(deadline))

    def named(self, *methods):
        """What was told by events of these names."""
        return [each["params"] for each in self.events if each.get("method") in methods]

    def run(self, expression):
        """The value of a JavaScript expression."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def picture(self, *, whole=True):
        """A PNG of the page."""
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        return base64.b64decode(answer["data"])

    def accessible(self):
        """The names in the accessibility tree: (role, name)."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [
            (each["role"]["value"], each.get("name", {}).get("value", ""))
            for each in nodes
            if not each.get("ignored")
        ]


@contextmanager
def running(program, profile):
    """A browser, which is ended with all its processes when the block ends."""
    # the pipes are those that Chromium expects: numbers 3 and 4
    shell = ["/bin/sh", "-c", 'exec "$0" "$@" 3<&0 4>&1 < /dev/null > /dev/null 2>&1']
    process = subprocess.Popen(
        [*shell, program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True,
    )  # fmt: skip
    with process.stdin, process.stdout:
        try:
            yield Browser(process.stdin, process.stdout)
        finally:
            process.stdin.close()  # its end ends Chromium
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)
