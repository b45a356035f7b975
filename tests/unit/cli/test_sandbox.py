"""The command that serves the sandbox."""

import signal
import sys

import pytest

from requests_paginate._cli.sandbox import sandbox, write_welcome
from requests_paginate._cli.sandbox_options import LINK_ERRORS, make_served
from requests_paginate.sandbox import Request
from requests_paginate.sandbox.belvo_errors import ERRORS
from tests.unit.cli.invocation import errors_of, run

USUAL = sandbox.make_context("sandbox", []).params
LOGIN = b'{"clientId":"sandbox-client-id","clientSecret":"sandbox-client-secret"}'


def served(*arguments):
    """What a call with these arguments would serve."""
    switches = sandbox.make_context("sandbox", [str(each) for each in arguments]).params
    return make_served(**switches)


def give_key(served):
    """A key for Pluggy, as its clients ask for one."""
    json = {"Content-Type": "application/json"}
    login = Request(method="POST", path="/auth", body=LOGIN, headers=json)
    answer = served.dialect.respond(login)
    return answer.json()["apiKey"] if answer.status == 200 else ""


def ask(served, path, query="", **fields):
    """Asks for a path with the credentials of both providers."""
    headers = {"X-API-KEY": give_key(served), "Authorization": served.belvo.authorization}
    return served.dialect.respond(Request(path=path, query=query, headers=headers, **fields))


def listed(served, path="/v2/transactions", **fields):
    """Asks for transactions of the first account or link, or for another path."""
    ids = {"accountId": served.pluggy.account_ids[0], "link": served.belvo.link_ids[0]} | fields
    wanted = ("link",) if path.startswith("/api/") else ("accountId",)
    chosen = {name: ids[name] for name in {*wanted, *fields}}
    return ask(served, path, "&".join(f"{name}={value}" for name, value in chosen.items()))


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
            line
            for line in write_welcome(server, make_served(**USUAL)).splitlines()
            if "--cacert" in line
        ]
        assert 3 == len(lines)
        for line in lines:
            assert f" {shown} get --cacert {server.ca_file} --provider " in line
            assert line.startswith("NO_PROXY=localhost ")


class TestSwitches:
    def test_the_usual(self):
        """Without switches both providers are as they were made, and keys live for ever."""
        usual = served()
        assert (3000, 3542) == (usual.pluggy.transactions, usual.belvo.transactions)
        assert (usual.pluggy.api_key, ()) == (give_key(usual), usual.notes)
        assert 200 == listed(usual, "/transactions").status
        assert 200 == listed(usual, "/api/transactions/").status
        assert "pagination" in ask(usual, "/account_movements").json()

    @pytest.mark.parametrize(
        ("arguments", "path", "status"),
        [
            (["--gone"], "/transactions", 410),
            (["--gone"], "/v2/transactions", 200),
            (["--json-only"], "/v2/transactions", 415),
            (["--key-seconds", 0], "/v2/transactions", 403),
            (["--key-requests", 0, "--key-status", 401], "/v2/transactions", 401),
            (["--denied", "links", "--denied", "accounts"], "/api/accounts/", 403),
            (["--denied", "links"], "/api/transactions/", 200),
            (["--rate-limit", 0], "/v2/transactions", 429),
            (["--rate-limit", 0], "/api/transactions/", 429),
            (["--rate-limit", 1], "/v2/transactions", 200),
        ],
    )
    def test_statuses(self, arguments, path, status):
        """Each of these switches makes a list refuse, and leaves the others as they were."""
        assert status == listed(served("--transactions", 3, *arguments), path).status

    @pytest.mark.parametrize(
        ("form", "start"), [("query", "?"), ("path", "/v2/"), ("url", "https:")]
    )
    def test_cursors(self, form, start):
        """The form of next and what cursors hold are switches."""
        link = listed(served("--odd-cursors", "--next", form, "--transactions", 501)).json()["next"]
        assert link.startswith(start)
        assert "%252B" in link

    def test_forms_of_bodies(self):
        """The categories and the Direct Debit have two forms each."""
        other = served("--categories", "envelope", "--direct-debit", "links")
        bodies = [ask(each, "/categories").json() for each in (served(), other)]
        assert [True, False] == [isinstance(body, list) for body in bodies]
        assert "_links" in ask(other, "/account_movements").json()

    def test_a_balance(self):
        """The bank's own limit is a switch, and no header says how long to wait."""
        limited = served("--balance-limited")
        response = ask(limited, f"/accounts/{limited.pluggy.account_ids[0]}/balance")
        assert (429, ["Content-Type"]) == (response.status, [name for name, _ in response.headers])

    def test_changing_rows(self):
        """Rows are inserted and deleted after each page of either provider."""
        changing = served("--transactions", 10, "--insert", 3, "--delete", 1)
        for path, count in (("/transactions", "total"), ("/api/transactions/", "count")):
            assert [10, 12] == [listed(changing, path).json()[count] for _ in range(2)]

    @pytest.mark.parametrize("code", LINK_ERRORS)
    def test_a_link_s_error(self, code):
        """The second link answers with any of the errors, from a page on, and a note says so."""
        ailing = served("--link-error", code, "--error-page", 2, "--transactions", 200)
        link = ailing.belvo.link_ids[1]
        statuses = [
            listed(ailing, "/api/transactions/", link=link, page=page).status for page in (1, 2)
        ]
        assert [200, ERRORS[code][0]] == statuses
        assert (f"Belvo's link {link} answers {code}.",) == ailing.notes

    def test_keys_that_expire(self):
        """A key is a JWT, and so is the next one, also where only JSON is taken."""
        expiring = served("--key-requests", 1, "--json-only")
        first, key = give_key(expiring), give_key(expiring)
        assert 2 == first.count(".")
        assert key != first
        json = {"Content-Type": "application/json"}
        query = f"itemId={expiring.pluggy.item_id}"
        headers = {**json, "X-API-KEY": key}
        again = Request(path="/accounts", query=query, headers=headers)
        assert [200, 403] == [expiring.dialect.respond(again).status for _ in range(2)]

    def test_the_minute_is_scaled(self):
        """A minute of the limit lasts as long as was said, and Retry-After says 60 all the same."""
        limited = served("--rate-limit", 1, "--minute", 600)
        listed(limited)
        headers = dict(listed(limited).headers)
        assert 60 < int(headers["RateLimit-Reset"]) <= 600
        assert "60" == headers["Retry-After"]

    def test_the_welcome_is_short_and_says_what_is_unusual(self, server):
        """The welcome has a line for what is not usual, and its commands say what is demanded."""
        usual = write_welcome(server, served())
        unusual = write_welcome(
            server, served("--json-only", "--key-requests", 9, "--link-error", "invalid_link")
        )
        assert 18 == len(usual.splitlines())
        assert 20 == len(unusual.splitlines())
        assert 1 == unusual.count("answers invalid_link.")

    @pytest.mark.parametrize(
        "options",
        [["--minute", "0"], ["--link-error", "x"], ["--error-page", "0"], ["--key-status", "404"]],
    )
    def test_mistakes(self, options):
        """A switch with a wrong value is a mistake in the call."""
        assert 2 == run("sandbox", *options).exit_code
