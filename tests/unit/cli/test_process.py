"""The command line as its own process."""

import contextlib
import json
import os
import queue
import shlex
import signal
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from requests_paginate._cli import terminal
from requests_paginate.sandbox import Belvo, serve
from tests.unit.cli.invocation import BELVO, LINK, SECONDS, Scripted, listed, rows_of

posix = pytest.mark.skipif(os.name != "posix", reason="signals and pipes as on POSIX")


@dataclass
class Lines:
    """The lines of a stream, read in the background so that waiting for one has an end."""

    stream: object
    lines: queue.Queue = field(default_factory=queue.Queue)

    def __post_init__(self):
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.stream:
            self.lines.put(line)
        self.lines.put("")

    def next(self):
        return self.lines.get(timeout=SECONDS)

    def rest(self):
        return "".join(iter(self.next, ""))


@contextlib.contextmanager
def program(*arguments_, **options):
    """Runs the program; it is gone when the context ends."""
    command = [sys.executable, "-m", "requests_paginate", *map(str, arguments_)]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    with subprocess.Popen(command, text=True, encoding="utf-8", **streams) as process:
        try:
            yield process
        finally:
            process.kill()


def shell(command):
    return subprocess.run(
        command, check=False, shell=True, capture_output=True, encoding="utf-8", timeout=SECONDS
    )


def belvo_arguments(server, *options):
    url = f"{server.url}/api/transactions/?link={LINK}"
    return "get", url, "--cacert", server.ca_file, "--auth-basic", "BELVO_SECRETS", *options


@posix
class TestProcess:
    def test_rows_to_a_file(self, server, tmp_path):
        """Rows go to a file whole; nothing is on stderr where it is no terminal."""
        with (tmp_path / "rows.jsonl").open("w") as file:
            with program(*belvo_arguments(server), stdout=file) as process:
                _, errors = process.communicate(timeout=SECONDS)
        lines = (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()
        assert (0, "", 250) == (process.returncode, errors, len(lines))

    def test_reader_goes_away(self):
        """Where nobody reads on, the program ends at once, without a word."""
        belvo = Belvo(transactions=3000)
        with serve(belvo) as server, program(*belvo_arguments(server)) as process:
            first = process.stdout.readline()
            process.stdout.close()
            process.wait(timeout=SECONDS)
            errors = process.stderr.read()
        assert belvo.transaction_rows(LINK)[0]["id"] == json.loads(first)["id"]
        assert (terminal.READER_GONE, "") == (process.returncode, errors)

    def test_disk_full(self, server):
        """Rows that cannot be written are an error in one line."""
        if not Path("/dev/full").exists():
            pytest.skip("there is no /dev/full here")
        with Path("/dev/full").open("w") as full:
            with program(*belvo_arguments(server), stdout=full) as process:
                _, errors = process.communicate(timeout=SECONDS)
        said = "requests-paginate: cannot write the rows: No space left on device\n"
        assert (1, said) == (process.returncode, errors)

    def test_interrupt(self):
        """Ctrl-C ends with 130 and one line, from which a new call goes on at the next row."""
        asked, released = threading.Event(), threading.Event()

        def stall():
            asked.set()
            released.wait(SECONDS)

        dialect = Scripted({"3": stall})
        with serve(dialect) as server:
            with program(*belvo_arguments(server)) as process:
                lines = Lines(process.stdout)
                assert asked.wait(SECONDS)
                process.send_signal(signal.SIGINT)
                process.wait(timeout=SECONDS)
                released.set()
                before = lines.rest()
                errors = process.stderr.read()
                lines.reader.join()
            said, _, token = errors.strip().rpartition(" ")
            dialect.answers.clear()
            resumed = listed(server, "--resume", token)
        assert 130 == process.returncode
        assert "requests-paginate: interrupted; 200 rows were written, go on with --resume" == said
        assert list(BELVO.transaction_rows(LINK)) == [
            json.loads(line) for line in before.splitlines()
        ] + rows_of(resumed)

    def test_stdout_closed(self):
        """Without a stdout the program says so."""
        ended = shell(f"{shlex.quote(sys.executable)} -m requests_paginate dialects >&-")
        assert (1, "requests-paginate: stdout is closed\n") == (ended.returncode, ended.stderr)

    def test_progress_on_a_terminal(self, server):
        """Where stderr is a terminal and stdout is not, a progress is shown."""
        pty = pytest.importorskip("pty")
        ours, theirs = pty.openpty()
        environment = os.environ | {"TERM": "xterm", "COLUMNS": "80"}
        with (
            open(ours, "rb", buffering=0) as screen,  # noqa: PTH123
            program(*belvo_arguments(server), stderr=theirs, env=environment) as process,
        ):
            os.close(theirs)
            rows = process.stdout.read()
            process.wait(timeout=SECONDS)
            shown = screen.read(4096).decode()
        assert 250 == len(rows.splitlines())
        assert "page 1" in shown

    def test_sandbox(self):
        """The commands that the sandbox shows work when pasted, and it ends when told so."""
        with program("sandbox", "--transactions", 30) as process:
            lines = Lines(process.stdout)
            shown = [lines.next()]
            while not shown[-1].startswith("Put explain"):
                shown.append(lines.next())
            ca_file = Path(shown[1].removeprefix("CA file: ").strip())
            pasted = [line for line in shown if "requests_paginate get" in line]
            counts = Counter()
            for line in pasted:
                ended = shell(line)
                counts[ended.returncode, len(ended.stdout.splitlines()), ended.stderr] += 1
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=SECONDS)
            errors, rest = process.stderr.read(), lines.rest()
            lines.reader.join()
        assert Counter({(0, 30, ""): 3}) == counts
        assert (0, "requests-paginate: the sandbox is stopped\n", "") == (
            process.returncode,
            errors,
            rest,
        )
        assert not ca_file.exists()
