"""What the command line says of a failure, and how it goes on."""

import pytest

from requests_paginate.sandbox import json_response, serve
from tests.unit.cli.invocation import BELVO, LINK, Scripted, errors_of, listed, rows_of, run


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

    def test_not_certificates(self, server, tmp_path):
        """A CA file that holds no certificate is an error, not a traceback."""
        (tmp_path / "ca.pem").write_text("none")
        result = run("get", server.url, "--cacert", tmp_path / "ca.pem")
        assert (1, 1) == (result.exit_code, len(errors_of(result)))

    @pytest.mark.parametrize("command", ["get", "explain"])
    def test_interrupt(self, monkeypatch, command):
        """Ctrl-C is one line and exit status 130."""
        monkeypatch.setattr("requests_paginate.Listing.pages", _interrupted)
        result = run(command, "https://a.test")
        assert (130, ["interrupted"]) == (result.exit_code, errors_of(result))
