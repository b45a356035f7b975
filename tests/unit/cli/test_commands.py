"""The command line, in this process and as its own, against the sandbox over real TLS."""

import json
import re
import shlex
import socket
import sys

import pytest
import requests
from click.testing import CliRunner

from requests_paginate import dialects
from requests_paginate._cli.commands import commands
from requests_paginate.sandbox import LastIdList, SingleListing, json_response, serve
from tests.unit.cli.invocation import (
    ACCOUNT,
    BELVO,
    LINK,
    PLUGGY,
    Fixed,
    Scripted,
    errors_of,
    listed,
    rows_of,
    run,
)


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
            "dialect": f"{dialects.BELVO!r}, in the style of belvo",
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
        assert explained(result)["dialect"].endswith(", in the style of django-rest or pluggy-v2")
        assert "not told" == explained(result)["total"]

    def test_single_page(self):
        """A page that shows no sign of others is complete as far as it tells."""
        dialect = SingleListing(total=3)
        with serve(dialect) as server:
            url = f"{server.url}{dialect.path}"
            found = explained(run("explain", url, "--cacert", server.ca_file))
        assert "style" not in found["dialect"]
        assert found["complete"].startswith("as far as one page tells")

    def test_given_strategy(self, server):
        """A named strategy is shown under its name, with where its rows were found."""
        found = explained(listed(server, "--strategy", "Django_REST", command="explain"))
        assert "NextLink('next', items='results'), in the style of django-rest" == found["dialect"]
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


class TestDoubts:
    """What makes an end doubtful goes to stderr, and with --strict into the exit status."""

    BODIES = (
        [{"n": number} for number in range(20)],
        {"items": [{"id": 1}], "next": None, "partial": True},
        {"items": [{"id": 1}], "next": None, "errors": [{"message": "late"}]},
        {"results": [{"id": 1}, {"id": 2}], "count": 1, "next": None},
    )

    @pytest.mark.parametrize("body", BODIES)
    def test_a_doubt_is_a_line_on_stderr(self, body):
        """All rows are written, and the status is that of success."""
        with serve(Fixed(json.dumps(body).encode())) as server:
            result = run("get", server.url, "--cacert", server.ca_file)
        assert (0, 1) == (result.exit_code, len(errors_of(result)))
        assert errors_of(result)[0].startswith("warning: ")
        assert rows_of(result) == (body if isinstance(body, list) else next(iter(body.values())))

    @pytest.mark.parametrize("body", BODIES)
    def test_with_strict_a_doubt_fails(self, body):
        """All rows are written all the same, and the status is 1."""
        with serve(Fixed(json.dumps(body).encode())) as server:
            result = run("get", server.url, "--cacert", server.ca_file, "--strict")
            told = run("explain", server.url, "--cacert", server.ca_file)
        assert (1, 1) == (result.exit_code, len(errors_of(result)))
        assert rows_of(result) == (body if isinstance(body, list) else next(iter(body.values())))
        assert "--resume" not in errors_of(result)[0]  # nothing is left
        assert "doubtful" == explained(told)["complete"]
        assert errors_of(result)[0].startswith(f"{server.url}: {explained(told)['doubt'][:40]}")

    def test_with_strict_a_listing_beyond_doubt_succeeds(self, server):
        """Nothing changes where nothing is doubtful."""
        result = listed(server, "--strict")
        assert (0, "") == (result.exit_code, result.stderr)


class TestHelp:
    @pytest.mark.parametrize("command", [[], ["get"], ["explain"], ["dialects"], ["completion"]])
    def test_both_names(self, command):
        """-h and --help show the same."""
        short, long = run(*command, "-h"), run(*command, "--help")
        assert (0, long.stdout) == (short.exit_code, short.stdout)

    def test_its_examples_run(self, monkeypatch, tmp_path):
        """Every example that a help shows is a call that this program takes."""
        monkeypatch.chdir(tmp_path)
        for name in (
            "TOKEN", "PLUGGY_CLIENT_ID", "PLUGGY_CLIENT_SECRET",
            "BELVO_SECRET_ID", "BELVO_SECRET_PASSWORD",
        ):  # fmt: skip
            monkeypatch.setenv(name, "secret")
        answer, prepared = requests.Response(), requests.Request("GET", "https://x").prepare()
        answer.request = prepared
        answer.status_code, answer._content, answer.url = (
            200,
            b'{"apiKey":"k","results":[{"id":1}]}',
            "https://x",
        )
        answer.headers["Content-Type"] = "application/json"
        monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", lambda *_, **__: answer)
        examples = [
            line.strip().removeprefix("requests-paginate ")
            for command in ([], ["get"], ["explain"], ["completion"])
            for line in run(*command, "-h").stdout.splitlines()
            if line.startswith("    requests-paginate ")
        ]
        assert 8 == len(examples)
        for example in examples:
            arguments, *_ = re.split(r" (?:\||>>?) ", example)
            result = run(*shlex.split(arguments))
            assert (0, example) == (result.exit_code, example), result.stderr

    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_completion(self, shell):
        """A script for each shell asks this program, which knows its dialects."""
        assert "_REQUESTS_PAGINATE_COMPLETE" in run("completion", shell).stdout
        words = {"COMP_WORDS": "requests-paginate get --strategy Pl", "COMP_CWORD": "3"}
        result = CliRunner(env={**words, "_COMPLETE": "bash_complete"}).invoke(
            commands, prog_name="", complete_var="_COMPLETE"
        )
        assert {"plain,pluggy", "plain,pluggy-v2"} <= set(result.stdout.splitlines())


class TestLimits:
    def test_a_limit_tells_how_to_go_on(self, server):
        """After --max-items the token that leads to the next row is told, where there is one."""
        result = listed(server, "--max-items", 120)
        (line,) = errors_of(result)
        token = line.partition("go on with --resume ")[2]
        rest = listed(server, "--resume", token)
        assert (120, 130) == (len(rows_of(result)), len(rows_of(rest)))
        assert ("", "") == (rest.stderr, listed(server, "--max-items", 250).stderr)
        assert "" == listed(server, "--max-items", 120, "--quiet").stderr

    def test_a_part_ends_where_another_call_began(self, server):
        """--until stops at a token, and says in the words of the command line what is wrong."""
        early, late = (
            errors_of(listed(server, "--max-items", count))[0].partition("go on with --resume ")[2]
            for count in (20, 150)
        )
        part = listed(server, "--resume", early, "--until", late)
        assert (130, "") == (len(rows_of(part)), part.stderr)
        wrong = listed(server, "--resume", late, "--until", early)
        assert 2 == wrong.exit_code
        assert "--until: the checkpoint lies before that of --resume" in wrong.stderr

    def test_every_error_names_the_url(self):
        """An error about a page's content says which listing it is about."""
        with serve(Fixed(b"")) as server:
            result = run("get", server.url, "--cacert", server.ca_file)
        assert server.url in errors_of(result)[0]

    def test_an_unknown_host_is_one_line(self, monkeypatch):
        """A host that no resolver knows is not asked for six times."""

        def resolve(*_arguments):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        (line,) = errors_of(run("get", "https://nowhere.invalid/"))
        assert "nowhere.invalid" in line
