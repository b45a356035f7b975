"""The command line in this process, and what it is run against."""

import json
from dataclasses import dataclass, field

from click.testing import CliRunner

from requests_paginate._cli.commands import commands
from requests_paginate.sandbox import Belvo, Pluggy, Response

PLUGGY, BELVO = Pluggy(transactions=1200), Belvo(transactions=250)
ACCOUNT, LINK = PLUGGY.account_ids[0], BELVO.link_ids[0]
SECONDS = 30  # that anything here may take


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
