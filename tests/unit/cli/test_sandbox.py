"""The command that serves the sandbox."""

import signal
import sys

import pytest

from requests_paginate._cli.sandbox import write_welcome
from tests.unit.cli.invocation import BELVO, PLUGGY, errors_of, run


class TestSandbox:
    def test_port_in_use(self, server):
        """A port that is taken is an error in one line."""
        port = server.url.rpartition(":")[2]
        usual = signal.getsignal(signal.SIGTERM)
        try:
            result = run("sandbox", "--port", port)
        finally:
            signal.signal(signal.SIGTERM, usual)
        said = f"cannot serve on port {port}: Address already in use"
        assert (1, [said]) == (result.exit_code, errors_of(result))

    def test_without_trustme(self, monkeypatch):
        """Without trustme the message says what to install."""
        monkeypatch.setitem(sys.modules, "trustme", None)
        usual = signal.getsignal(signal.SIGTERM)
        try:
            result = run("sandbox")
        finally:
            signal.signal(signal.SIGTERM, usual)
        (line,) = errors_of(result)
        assert line.endswith("pip install 'requests-paginate[sandbox]'")

    @pytest.mark.parametrize(
        ("started", "shown"),
        [
            ("/somewhere/requests_paginate/__main__.py", f"{sys.executable} -m requests_paginate"),
            ("/bin/sh", "sh"),
            (
                "/some where/requests-paginate-elsewhere",
                "'/some where/requests-paginate-elsewhere'",
            ),
        ],
    )
    def test_welcome(self, server, monkeypatch, started, shown):
        """The commands to paste call this program as it was found, and no proxy."""
        monkeypatch.setattr(sys, "argv", [started])
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
        monkeypatch.setenv("NO_PROXY", "")
        lines = [
            line for line in write_welcome(server, PLUGGY, BELVO).splitlines() if "--cacert" in line
        ]
        assert 3 == len(lines)
        for line in lines:
            assert f" {shown} get --cacert {server.ca_file} " in line
            assert line.startswith("NO_PROXY=localhost ")
