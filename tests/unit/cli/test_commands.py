"""The command line, in this process and as its own, against the sandbox over real TLS."""

import contextlib
import importlib.abc
import json
import os
import queue
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytest.importorskip("click")
pytest.importorskip("rich")
pytest.importorskip("trustme")

from click.testing import CliRunner

from requests_paginate import __main__, __version__, dialects
from requests_paginate._cli import terminal
from requests_paginate._cli.commands import commands
from requests_paginate._cli.sandbox import write_welcome
from requests_paginate.sandbox import (
    Belvo,
    Combined,
    LastIdList,
    Pluggy,
    Response,
    SingleListing,
    json_response,
    serve,
)

PLUGGY, BELVO = Pluggy(transactions=1200), Belvo(transactions=250)
ACCOUNT, LINK = PLUGGY.account_ids[0], BELVO.link_ids[0]
SECONDS = 30  # that anything here may take
posix = pytest.mark.skipif(os.name != "posix", reason="signals and pipes as on POSIX")


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """The secrets in their variables; no proxy and no other certificates."""
    for name in ("ALL_PROXY", "CURL_CA_BUNDLE", "HTTPS_PROXY", "HTTP_PROXY", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("PLUGGY_KEY", PLUGGY.api_key)
    monkeypatch.setenv("BELVO_SECRETS", f"{BELVO.secret_id}:{BELVO.secret_password}")


@dataclass
class Scripted:
    """Belvo, which answers a page of a given number with what a test put there."""

    answers: dict = field(default_factory=dict)
    seen: list = field(default_factory=list)

    def respond(self, request):
        self.seen.append(request)
        answer = self.answers.get(request.parameter("page"))
        if callable(answer):
            answer = answer()
        return answer or BELVO.respond(request)


@dataclass
class Fixed:
    """One answer to everything, and what was asked."""

    content: bytes = b"[]"
    seen: list = field(default_factory=list)

    def respond(self, request):
        self.seen.append(request)
        return Response(headers=(("Content-Type", "application/json"),), body=self.content)


def run(*arguments_):
    return CliRunner().invoke(commands, [str(argument) for argument in arguments_])


def listed(server, *options, command="get"):
    """Runs a command on Belvo's transactions, 100 a page."""
    url = f"{server.url}/api/transactions/?link={LINK}"
    return run(command, url, "--cacert", server.ca_file, "--auth-basic", "BELVO_SECRETS", *options)


def rows_of(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def errors_of(result):
    """The lines on stderr, each without the program's name."""
    lines = result.stderr.splitlines()
    assert [] == [line for line in lines if not line.startswith("requests-paginate: ")]
    return [line.removeprefix("requests-paginate: ") for line in lines]


@pytest.fixture(scope="module")
def server():
    with serve(Combined(dialects=(PLUGGY, BELVO))) as running:
        yield running


class TestGet:
    def test_belvo(self, server):
        """Every row of a listing of linked pages is written, in order."""
        result = listed(server)
        assert (0, "") == (result.exit_code, result.stderr)
        assert list(BELVO.transaction_rows(LINK)) == rows_of(result)

    @pytest.mark.parametrize("path", ["/transactions", "/v2/transactions"])
    def test_pluggy(self, server, path):
        """Both of Pluggy's ways to paginate are found; the key comes from the environment."""
        result = run(
            "get", server.url + path, "--cacert", server.ca_file, "-p", f"accountId={ACCOUNT}",
            "--header-env", "X-API-KEY=PLUGGY_KEY",
        )  # fmt: skip
        assert (0, "") == (result.exit_code, result.stderr)
        assert list(PLUGGY.transaction_rows(ACCOUNT)) == rows_of(result)

    def test_limits(self, server):
        """--max-items and --max-pages stop exactly there."""
        assert 120 == len(rows_of(listed(server, "--max-items", 120, "--prefetch", 2)))
        assert 200 == len(rows_of(listed(server, "--max-pages", 2)))

    def test_numbers_keep_their_digits(self):
        """Rows leave as they came: long integers, decimals and exponents, letters beyond ASCII."""
        line = '{"id":123456789012345678901234567890,"price":1.10,"tiny":1E-400,"name":"São"}'
        with serve(Fixed(f"[{line}]".encode())) as server:
            result = run("get", server.url, "--cacert", server.ca_file)
        assert f"{line}\n".encode() == result.stdout_bytes

    def test_half_a_surrogate_pair(self):
        """A string that no UTF-8 can hold is written with its escape."""
        with serve(Fixed(b'[{"name":"\\ud800"}]')) as server:
            result = run("get", server.url, "--cacert", server.ca_file)
        assert b'{"name":"\\ud800"}\n' == result.stdout_bytes

    def test_what_is_sent(self, monkeypatch):
        """Parameters (repeated ones as a list), headers and the token arrive as given."""
        monkeypatch.setenv("TOKEN", "opaque")
        dialect = Fixed()
        with serve(dialect) as server:
            result = run(
                "get", server.url, "--cacert", server.ca_file, "-p", "a=1", "-p", "b=x=y &",
                "-p", "a=2", "-p", "empty=", "-H", "X-Name: São ", "-H", "X-Time: 10:30",
                "--bearer", "TOKEN",
            )  # fmt: skip
        (request,) = dialect.seen
        assert (0, "") == (result.exit_code, result.output)
        assert "a=1&a=2&b=x%3Dy+%26&empty=" == request.query
        assert "São" == request.headers["X-Name"].encode("latin-1").decode()
        assert "10:30" == request.headers["X-Time"]
        assert "Bearer opaque" == request.headers["Authorization"]

    def test_basic_beyond_latin_1(self, monkeypatch):
        """User and password are sent in UTF-8; only the first colon parts them."""
        monkeypatch.setenv("PAIR", "użytkownik:ha:sło")
        dialect = Fixed()
        with serve(dialect) as server:
            run("get", server.url, "--cacert", server.ca_file, "--auth-basic", "PAIR")
        assert "Basic dcW8eXRrb3duaWs6aGE6c8WCbw==" == dialect.seen[0].headers["Authorization"]

    def test_strategy_and_items(self):
        """--strategy takes a name, --items a path; the empty path is a bare list."""
        dialect = LastIdList(total=25, page_size=10)
        with serve(dialect) as server:
            url = f"{server.url}{dialect.path}"
            named = run("get", url, "--cacert", server.ca_file, "--strategy", "stripe")
            pathed = run("get", url, "--cacert", server.ca_file, "--items", "data")
        assert (0, 25) == (named.exit_code, len(rows_of(named)))
        assert named.stdout == pathed.stdout
        with serve(Fixed(b'[{"id":1}]')) as server:
            bare = run("get", server.url, "--cacert", server.ca_file, "--items", "")
        assert [{"id": 1}] == rows_of(bare)

    def test_key(self):
        """--key drops rows that came before, by a path that every row must have."""
        dialect = Fixed(b'[{"id":{"n":1}},{"id":{"n":2}},{"id":{"n":1}}]')
        with serve(dialect) as server:
            unique = run("get", server.url, "--cacert", server.ca_file, "--key", "id")
            missing = run("get", server.url, "--cacert", server.ca_file, "--key", "id.m")
        assert [{"id": {"n": 1}}, {"id": {"n": 2}}] == rows_of(unique)
        assert (1, ["--key: a row has nothing at 'id.m'"]) == (
            missing.exit_code,
            errors_of(missing),
        )

    def test_plain_http(self):
        """--allow-http lists over http."""
        with serve(Fixed(b"[1]"), tls=False) as server:
            assert "1\n" == run("get", server.url, "--allow-http").stdout


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


def explained(result):
    """The lines of an explanation, by their labels."""
    return {line[:12].rstrip(): line[12:] for line in result.stdout.splitlines()}


class TestExplain:
    def test_belvo(self):
        """One request tells the dialect and its name, the rows, the total and what follows."""
        dialect = Scripted()
        with serve(dialect) as server:
            result = listed(server, command="explain")
        assert (0, "", 1) == (result.exit_code, result.stderr, len(dialect.seen))
        url = f"{server.url}/api/transactions/?link={LINK}"
        assert {
            "URL": url,
            "dialect": f"{dialects.BELVO!r}, that is belvo",
            "why": (
                "A URL under a name like next, or in an object there; or null, beside other links."
            ),
            "seen": "a string at 'next', 250 at 'count'",
            "rows": "100 on the first page, at 'results'",
            "total": "250",
            "next": f"PageRequest('GET', '{url}&page=2')",
            "complete": "no, more pages follow",
        } == explained(result)

    def test_candidates(self):
        """What the second page may decide, and what counts less, is told; values are not."""
        body = {"items": [1], "next_token": "hidden", "page": 1, "has_more": True, "total": 9}
        with serve(Fixed(json.dumps(body).encode())) as server:
            result = run("explain", server.url, "--cacert", server.ca_file)
        lines = result.stdout.splitlines()
        token = "token='next_token', more='has_more', items='items', total='total'"
        assert f"dialect     Cursor('pagination_token', {token})" in lines
        assert (
            f"else        Cursor('nextToken', {token}), if the second page is the first again"
            in lines
        )
        counted = "number='page', items='items', total='total', more='has_more'"
        assert f"passed over PageNumber('page', {counted})" in lines
        assert "seen        a string at 'next_token', true at 'has_more', 9 at 'total'" in lines

    def test_why_not_more(self):
        """A single resource and a page without any sign of more are told apart."""
        for body, why in (
            ({"id": 5, "tags": [1]}, "A single resource"),
            ([1], "Nothing in the page"),
        ):
            with serve(Fixed(json.dumps(body).encode())) as server:
                found = explained(run("explain", server.url, "--cacert", server.ca_file))
            assert found["why"].startswith(why)

    def test_last_page(self, server):
        """Where the first page is the last, nothing follows and the listing is complete."""
        found = explained(listed(server, "-p", "page_size=1000", command="explain"))
        assert "nothing" == found["next"]
        assert "yes, nothing follows this page" == found["complete"]

    def test_several_names(self, server):
        """A dialect that goes by several names is shown with each of them."""
        result = run(
            "explain", f"{server.url}/v2/transactions", "--cacert", server.ca_file,
            "-p", f"accountId={ACCOUNT}", "--header-env", "X-API-KEY=PLUGGY_KEY",
        )  # fmt: skip
        assert explained(result)["dialect"].endswith(", that is django-rest or pluggy-v2")
        assert "not told" == explained(result)["total"]

    def test_single_page(self):
        """A page that shows no sign of others is complete as far as it tells."""
        dialect = SingleListing(total=3)
        with serve(dialect) as server:
            url = f"{server.url}{dialect.path}"
            found = explained(run("explain", url, "--cacert", server.ca_file))
        assert "that is" not in found["dialect"]
        assert found["complete"].startswith("as far as one page tells")

    def test_given_strategy(self, server):
        """A named strategy is shown under its name, with where its rows were found."""
        found = explained(listed(server, "--strategy", "Django_REST", command="explain"))
        assert "NextLink('next', items='results'), that is django-rest" == found["dialect"]
        assert "--strategy django-rest" == found["why"]

    def test_secrets_in_links(self):
        """Secrets that a URL or a link carries are not shown."""
        body = json.dumps({"results": [1], "next": "?page=2&api_key=hidden"}).encode()
        with serve(Fixed(body)) as server:
            result = run("explain", f"{server.url}/?api_key=hidden", "--cacert", server.ca_file)
        assert "page=2&api_key=REDACTED" in explained(result)["next"]
        assert "hidden" not in result.output

    def test_one_try(self):
        """A failure is told at once, not tried again."""
        dialect = Scripted({None: json_response({}, status=503)})
        with serve(dialect) as server:
            result = listed(server, command="explain")
        assert (1, 1, 1) == (result.exit_code, len(errors_of(result)), len(dialect.seen))


class TestDialects:
    def test_pipe(self):
        """In a pipe each named strategy has one line: its name, what it is, where that is from."""
        sources = dialects.sources()
        rows = [[name, repr(value), sources[name]] for name, value in dialects.by_name().items()]
        lines = run("dialects").stdout.splitlines()
        assert [["Name", "Strategy", "Source"], *rows] == [line.split("\t") for line in lines]

    def test_terminal(self, monkeypatch, capsys):
        """On a terminal of 80 columns no line is wider, no name is cut, and nothing is lost."""
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        commands(["dialects"], standalone_mode=False)
        text = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
        lines = text.splitlines()
        assert 80 >= max(map(len, lines))
        assert [*dialects.by_name()] == [line.split()[0] for line in lines[1:] if line[0] != " "]
        width = lines[0].index("Strategy")
        told = "".join(line[width:] for line in lines[1:]).replace(" ", "")
        for name, value in dialects.by_name().items():
            assert f"{value!r}{dialects.sources()[name]}".replace(" ", "") in told


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


class TestEntryPoint:
    @pytest.mark.parametrize("missing", ["click", "rich"])
    def test_without_the_extra(self, monkeypatch, capsys, missing):
        """Without click or rich the message says what to install, and the status is 1."""
        for name in [n for n in sys.modules if n.partition(".")[0] == missing]:
            monkeypatch.delitem(sys.modules, name)
        for name in ("commands", "options", "sandbox", "terminal"):
            monkeypatch.delitem(sys.modules, f"requests_paginate._cli.{name}")
        monkeypatch.setitem(sys.modules, missing, None)
        assert 1 == __main__.main()
        said = "requests-paginate: the command line needs click and rich: "
        assert f"{said}pip install 'requests-paginate[cli]'\n" == capsys.readouterr().err

    @pytest.mark.parametrize(("raised", "ended"), [(KeyboardInterrupt, 130), (None, None)])
    def test_trouble_at_import(self, monkeypatch, raised, ended):
        """Ctrl-C during the imports is no traceback; a module that is missing elsewhere is one."""

        class Finder(importlib.abc.MetaPathFinder):
            def find_spec(self, name, path, target=None):
                if name == "requests_paginate._cli.commands":
                    raise raised or ModuleNotFoundError("no other", name="other")

        monkeypatch.delitem(sys.modules, "requests_paginate._cli.commands")
        monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
        if raised:
            assert ended == __main__.main()
        else:
            with pytest.raises(ModuleNotFoundError):
                __main__.main()

    def test_runs_the_commands(self, monkeypatch, capsys):
        """The entry point runs the commands under the program's name."""
        monkeypatch.setattr(sys, "argv", ["anything", "--version"])
        with pytest.raises(SystemExit) as ended:
            __main__.main()
        assert 0 == ended.value.code
        assert capsys.readouterr().out.startswith("requests-paginate, version ")

    def test_import_of_the_package(self):
        """Importing the package imports nothing of the command line."""
        names = (
            "click",
            "rich",
            "trustme",
            "requests_paginate.sandbox",
            "requests_paginate._cli.commands",
        )
        code = f"import sys, requests_paginate; sys.exit(any(n in sys.modules for n in {names}))"
        subprocess.run([sys.executable, "-c", code], check=True, timeout=SECONDS)


# As its own process ------------------------------------------------------------------------------


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
