"""What the command line says of a failure, and how it goes on."""

import re
import signal

import pytest

from requests_paginate._cli import terminal
from requests_paginate.sandbox import json_response, serve
from tests.unit.cli.invocation import BELVO, LINK, Fixed, Scripted, errors_of, listed, rows_of, run


def _interrupted(_listing):
    raise KeyboardInterrupt


class TestFailures:
    def test_resume(self):
        """An error says in one line what was written and how to go on, and that goes on there."""
        dialect = Scripted(
            {"3": json_response([{"code": "no", "message": "not\nnow"}], status=400)}
        )
        with serve(dialect) as server:
            failed = listed(server)
            (line,) = errors_of(failed)
            said, token = line.split("; 200 rows were written, go on with --resume ")
            dialect.answers.clear()
            resumed = listed(server, "--resume", token)
        assert (1, 0) == (failed.exit_code, resumed.exit_code)
        assert said.endswith("page=3 answered 400 Bad Request: no: not now")
        assert list(BELVO.transaction_rows(LINK)) == rows_of(failed) + rows_of(resumed)

    def test_first_page(self, server, monkeypatch):
        """A wrong key is told in the provider's words, without the key; nothing is to resume."""
        monkeypatch.setenv("BELVO_SECRETS", "someone:hidden")
        result = listed(server)
        (line,) = errors_of(result)
        assert (1, "") == (result.exit_code, result.stdout)
        assert "answered 401 Unauthorized: authentication_failed: Invalid Secret Keys" in line
        assert "--resume" not in line
        assert "hidden" not in line

    def test_resumed_and_failed_again(self):
        """Where a resumed call gets nowhere, its own token is still the one to go on with."""
        dialect = Scripted({"2": json_response({"message": "no"}, status=400)})
        with serve(dialect) as server:
            (first,) = errors_of(listed(server))
            token = first.rpartition(" ")[2]
            (again,) = errors_of(listed(server, "--resume", token))
        assert again.endswith(f"; 0 rows were written, go on with --resume {token}")

    def test_waits_are_told(self, monkeypatch):
        """Every wait is one line, so that nobody wonders at the silence."""
        monkeypatch.setattr(
            "requests_paginate._transport.retry.RetryPolicy.wait", lambda *_, **__: 0.0
        )
        answers = iter([json_response({}, status=503)])
        with serve(Scripted({"2": lambda: next(answers, None)})) as server:
            result = listed(server)
        (line,) = errors_of(result)
        assert (0, 250) == (result.exit_code, len(rows_of(result)))
        assert re.match(r"page 1: waiting 0\.00 s before try 2: PageFailed: GET ", line)

    def test_warnings_are_told(self):
        """A warning is one line; the rows are written all the same."""
        rows = b'[{"id":1},{"id":2}]'
        with serve(Fixed(rows)) as server:
            result = run("get", server.url, "--cacert", server.ca_file, "-p", "limit=2")
        (line,) = errors_of(result)
        assert (0, 2) == (result.exit_code, len(rows_of(result)))
        assert line.startswith("warning: one page was taken for the whole listing")
        assert "pass --strategy" in line

    def test_advice_in_options(self, server):
        """What the library advises in Python is said in options."""
        (line,) = errors_of(listed(server, "--items", "nothing"))
        assert line.endswith("; pass --items if they are elsewhere")
        result = run("get", f"{server.url}/api/links/", "--auth-basic", "BELVO_SECRETS")
        assert "; pass as --cacert the file of the CA" in errors_of(result)[0]

    def test_not_certificates(self, server, tmp_path):
        """A CA file that holds no certificate is an error, not a traceback."""
        (tmp_path / "ca.pem").write_text("none")
        result = run("get", server.url, "--cacert", tmp_path / "ca.pem")
        assert (1, 1) == (result.exit_code, len(errors_of(result)))

    def test_control_characters(self):
        """A server cannot write more than the one line, nor colour it."""
        answer = json_response({"message": "\x1b[31mred\r\nline"}, status=400)
        with serve(Scripted({None: answer})) as server:
            (line,) = errors_of(listed(server))
        assert line.endswith("400 Bad Request: [31mred line")

    @pytest.mark.parametrize("command", ["get", "explain"])
    def test_interrupt(self, monkeypatch, command):
        """Ctrl-C is one line and exit status 130."""
        monkeypatch.setattr("requests_paginate.Listing.pages", _interrupted)
        result = run(command, "https://a.test")
        assert (130, ["interrupted"]) == (result.exit_code, errors_of(result))

    def test_interrupt_is_put_off(self):
        """Ctrl-C waits until the page is written."""
        interrupts, written = terminal.Interrupts(), []
        with interrupts.watch(), pytest.raises(KeyboardInterrupt), interrupts.hold():
            signal.raise_signal(signal.SIGINT)
            written.append("to the end")
        assert ["to the end"] == written

    def test_second_interrupt(self):
        """A second Ctrl-C is obeyed while the page is still being written."""
        interrupts, written = terminal.Interrupts(), []
        with interrupts.watch(), pytest.raises(KeyboardInterrupt), interrupts.hold():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            written.append("never")
        assert [] == written

    def test_ignored_interrupt(self):
        """Where Ctrl-C is ignored, as in a background job, it stays ignored."""
        usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            with terminal.Interrupts().watch():
                assert signal.SIG_IGN is signal.getsignal(signal.SIGINT)
        finally:
            signal.signal(signal.SIGINT, usual)
