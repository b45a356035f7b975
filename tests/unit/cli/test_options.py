"""What the arguments of the command line ask for."""

import pytest

from requests_paginate import __version__
from requests_paginate._cli.commands import commands
from tests.unit.cli.invocation import BELVO, PLUGGY, run


class TestUsage:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ([], "Missing argument 'URL'"),
            (["localhost/rows"], "Perhaps you meant https://localhost/rows?"),
            (["ftp://localhost/rows"], "expected an http(s) URL"),
            (["http://localhost/rows"], "--allow-http"),
            (["https://a.test", "--max-itms", "3"], "--max-items"),
            (["https://a.test", "--max-items", "-1"], "not in the range"),
            (["https://a.test", "-p", "hidden"], "expected 'name=value'"),
            (["https://a.test", "-p", "=hidden"], "expected 'name=value'"),
            (["https://a.test", "-H", "hidden"], "expected 'Name: value'"),
            (["https://a.test", "-H", "X-API-KEY:"], "in quotes"),
            (["https://a.test", "-H", "X: hidden\r\nY: 1"], "header 'X' cannot be sent"),
            (["https://a.test", "--header-env", "X-API-KEY"], "expected 'NAME=VARIABLE'"),
            (["https://a.test", "--header-env", "X-API-KEY=ABSENT"], "variable ABSENT is not set"),
            (["https://a.test", "--bearer", "ABSENT"], "variable ABSENT is not set, or is empty"),
            (["https://a.test", "--bearer", "EMPTY"], "variable EMPTY is not set, or is empty"),
            (["https://a.test", "--bearer", "hidden.token"], "the name of an environment variable"),
            (["https://a.test", "--auth-basic", "ABSENT"], "variable ABSENT is not set"),
            (["https://a.test", "--auth-basic", "NO_COLON"], "NO_COLON must hold 'user:password'"),
            (["https://a.test", "--auth-basic", "BELVO_SECRETS", "--bearer", "PLUGGY_KEY"],
             "exclude each other"),
            (["https://a.test", "--strategy", "strip"], "did you mean stripe"),
            (["https://a.test", "--strategy", "unheard"], "'dialects' lists them all"),
            (["https://a.test", "--cacert", "absent.pem"], "'absent.pem' does not exist"),
            (["https://a.test", "--resume", "nonsense"], "this is no checkpoint"),
        ],
    )  # fmt: skip
    def test_mistakes(self, monkeypatch, options, message):
        """A mistake in the call says what was expected, never a value, and exits with 2."""
        monkeypatch.setenv("EMPTY", "")
        monkeypatch.setenv("NO_COLON", "hidden")
        monkeypatch.delenv("ABSENT", raising=False)
        result = run("get", *options)
        assert (2, "") == (result.exit_code, result.stdout)
        assert message in result.stderr
        assert result.stderr.startswith("Usage: ")
        for secret in ("hidden", PLUGGY.api_key, BELVO.secret_password):
            assert secret not in result.stderr

    def test_help_shows_every_command_and_option(self):
        """Every command and option has its help, and the help has examples."""
        assert {"get", "explain", "dialects", "sandbox"} == set(commands.commands)
        for name, command in commands.commands.items():
            text = run(name, "--help").stdout
            assert [] == [option.name for option in command.params[1:] if not option.help]
            assert ("Example" in text) is (name in ("get", "explain"))

    def test_version(self):
        """--version tells the package's version."""
        assert f"requests-paginate, version {__version__}\n" == run("--version").stdout
