"""What the arguments of the command line ask for."""

import json

import pytest

from requests_paginate import PaginatedSession, __version__
from requests_paginate._cli.commands import commands
from requests_paginate._listing.options import Options
from requests_paginate.sandbox import serve
from tests.unit.cli.invocation import ACCOUNT, BELVO, LINK, PLUGGY, Fixed, errors_of, rows_of, run


class TestUsage:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ([], "Missing argument 'URL'"),
            (["/v2/rows"], "a path needs --provider"),
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
            (["/v2/rows", "--provider", "plaid"], "'plaid' is not one of 'pluggy', 'belvo'"),
            (["/v2/rows", "--provider", "pluggy"],
             "pluggy: set PLUGGY_CLIENT_ID and PLUGGY_CLIENT_SECRET in the environment"),
            (["/rows/", "--provider", "belvo"],
             "belvo: set BELVO_SECRET_ID and BELVO_SECRET_PASSWORD in the environment"),
            (["/rows", "--provider", "pluggy", "--bearer", "PLUGGY_KEY"], "exclude each other"),
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
        assert {"get", "explain", "dialects", "completion", "demo", "sandbox"} == set(
            commands.commands
        )
        for name, command in commands.commands.items():
            text = run(name, "--help").stdout
            assert [] == [option.name for option in command.params[1:] if not option.help]
            assert ("Example" in text) is (name in ("get", "explain", "completion"))

    def test_version(self):
        """--version tells the package's version."""
        assert f"requests-paginate, version {__version__}\n" == run("--version").stdout


class TestProvider:
    """`--provider`, with credentials and perhaps a base URL from the environment."""

    @pytest.fixture(autouse=True)
    def _credentials(self, monkeypatch, server):
        monkeypatch.setenv("PLUGGY_CLIENT_ID", PLUGGY.client_id)
        monkeypatch.setenv("PLUGGY_CLIENT_SECRET", PLUGGY.client_secret)
        monkeypatch.setenv("PLUGGY_API_URL", server.url)
        monkeypatch.setenv("BELVO_SECRET_ID", BELVO.secret_id)
        monkeypatch.setenv("BELVO_SECRET_PASSWORD", BELVO.secret_password)
        monkeypatch.setenv("BELVO_API_URL", server.url)

    @pytest.mark.parametrize(
        ("provider", "path", "parameter", "rows"),
        [
            (
                "pluggy",
                "/v2/transactions",
                f"accountId={ACCOUNT}",
                PLUGGY.transaction_rows(ACCOUNT),
            ),
            ("pluggy", "/transactions", f"accountId={ACCOUNT}", PLUGGY.transaction_rows(ACCOUNT)),
            ("belvo", "/api/transactions/", f"link={LINK}", BELVO.transaction_rows(LINK)),
        ],
    )
    def test_a_path_is_enough(self, server, provider, path, parameter, rows):
        """Every row of it comes."""
        result = run(
            "get", "--provider", provider, path, "-p", parameter, "--cacert", server.ca_file
        )
        assert (0, list(rows)) == (result.exit_code, rows_of(result))

    def test_explain_takes_it(self, server):
        """Both commands that make a request do."""
        result = run("explain", "--provider", "belvo", "/api/links/", "--cacert", server.ca_file)
        assert (0, True) == (result.exit_code, "2 on the first page" in result.stdout)

    def test_a_wrong_key_is_told(self, server, monkeypatch):
        """With the variables to check, and without their values."""
        monkeypatch.setenv("PLUGGY_CLIENT_SECRET", "not-the-secret")
        result = run("get", "--provider", "pluggy", "/accounts", "--cacert", server.ca_file)
        assert (1, "") == (result.exit_code, result.stdout)
        assert "PLUGGY_CLIENT_SECRET" in result.stderr
        assert "not-the-secret" not in result.stderr

    def test_a_wrong_environment_is_told(self, monkeypatch):
        """By the name of its variable."""
        monkeypatch.setenv("BELVO_API_URL", "prod")
        result = run("get", "--provider", "belvo", "/api/links/")
        assert 2 == result.exit_code
        assert "BELVO_API_URL: expected one of 'sandbox', 'development', 'prod" in result.stderr

    def test_what_the_call_warns_of_is_one_line(self, server):
        """A list without a link is told of in the words of this program, with no line of code."""
        result = run("get", "--provider", "belvo", "/api/transactions/", "--cacert", server.ca_file)
        assert 1 == result.exit_code
        first, second = errors_of(result)
        assert first.startswith("warning: no link in params")
        assert "required" in second

    def test_another_origin_is_a_mistake(self):
        """Credentials go where they belong."""
        result = run("get", "--provider", "belvo", "https://a.test/api/links/")
        assert (2, True) == (result.exit_code, "another origin" in result.stderr)


# What is sent ------------------------------------------------------------------------------------


def test_a_body_is_posted(tmp_path):
    """--json sends a body with POST, from the call or from a file; --method says another one."""
    dialect = Fixed(b"[]")
    body = tmp_path / "body.json"
    body.write_text('{"query":"x"}')
    with serve(dialect) as server:
        for given in (['{"query":"x"}'], [f"@{body}"], ['{"query":"x"}', "-X", "put"]):
            arguments = ("get", server.url, "--cacert", server.ca_file, "--json", *given)
            assert 0 == run(*arguments).exit_code
    assert [("POST", {"query": "x"}), ("POST", {"query": "x"}), ("PUT", {"query": "x"})] == [
        (request.method, json.loads(request.body)) for request in dialect.seen
    ]


@pytest.mark.parametrize("given", ["{query}", "@nowhere.json", "HEAD"])
def test_a_body_that_cannot_be_sent(tmp_path, monkeypatch, given):
    """What is no JSON, no file, or a method without rows is a mistake in the call."""
    monkeypatch.chdir(tmp_path)
    options = ["-X", given] if given == "HEAD" else ["--json", given]
    assert 2 == run("get", "https://a.test/", *options).exit_code


def test_patience(monkeypatch):
    """--retries, --timeout and --deadline are the options of the same names."""
    opened = []
    original = PaginatedSession.request_all

    def request_all(session, method, url, **options):
        opened.append({name: options[name] for name in ("retries", "timeout", "deadline")})
        return original(session, method, url, **options)

    monkeypatch.setattr(PaginatedSession, "request_all", request_all)
    run("get", "https://localhost:1/", "--retries", 0, "--timeout", 2, "--deadline", 7)
    assert [{"retries": 0, "timeout": 2, "deadline": 7}] == opened
    for name, help_of in [("retries", "default: 5]"), ("deadline", "default: 300]")]:
        assert f"default: {getattr(Options(), name)}]" == help_of
        assert help_of in " ".join(run("get", "-h").stdout.split())


@pytest.mark.parametrize("secret", ["sk_live_51H8", "AKIAIOSFODNN7EXAMPLE", "token", "a:b", ""])
def test_what_may_be_a_secret_is_not_repeated(secret):
    """Whoever gives the secret itself for the name of its variable does not find it in a log."""
    for option in ("--bearer", "--auth-basic"):
        result = run("get", "https://a.test/", option, secret)
        assert (2, True) == (result.exit_code, "of an environment variable" in result.stderr)
        assert not secret or secret not in result.stderr
