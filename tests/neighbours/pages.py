"""The listing that every neighbour here lists: 25 rows on five numbered pages."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from tests.loopback import http

ROOT = Path(__file__).parents[2]
ROWS = [{"id": number, "name": f"row {number}"} for number in range(1, 26)]
PAGES = 5


def page(number):
    """The body of a page."""
    rows = ROWS[5 * number - 5 : 5 * number]
    return {"page": number, "total_pages": PAGES, "total": len(ROWS), "results": rows}


def number_in(request):
    """The page that a request asks for, given as the server received it."""
    return int(dict(parse_qsl(urlsplit(request.split(" ")[1]).query)).get("page", 1))


def answer(_, request):
    """Answers with the page that is asked for."""
    return http(page(number_in(request)))


class Refusing:
    """Answers with the pages, but to one of them so many times with something else."""

    def __init__(self, number, refusal, times=1):
        self.number, self.refusal, self.left = number, refusal, times

    def __call__(self, _, request):
        if number_in(request) == self.number and self.left:
            self.left -= 1
            return self.refusal
        return answer(_, request)


def run(code, *arguments, path=(), **environment):
    """Run code in a process of its own, where every warning is an error; return its lines."""
    paths = [str(each) for each in (*path, ROOT)]
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code), *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (0, "") == (ended.returncode, ended.stderr)
    return ended.stdout.splitlines()
