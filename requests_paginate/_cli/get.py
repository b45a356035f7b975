"""The command that lists: rows on stdout, or into a file."""

from __future__ import annotations

from typing import Any

import click

from requests_paginate._cli.options import add_request_options, read_identity_path
from requests_paginate._cli.output import read_columns, read_timeline, write_file, write_rows

_EXAMPLES = """\b
Examples:
  requests-paginate get https://api.github.com/users/python/repos -p per_page=100
  requests-paginate get https://api.example.com/rows --bearer TOKEN | head -3
  requests-paginate get --provider pluggy /v2/transactions -p accountId=... > rows.jsonl
  requests-paginate get --provider belvo /api/transactions/ -p link=... -o rows.csv

TOKEN is the name of an environment variable.

\b
Exit status:
  0 every row, 1 an error, 2 a mistake in the call, 130 interrupted,
  141 the reader of the rows went away
"""


@click.command(epilog=_EXAMPLES)
@add_request_options
@click.option("--max-items", metavar="N", type=click.IntRange(0), help="Stop after N rows.")
@click.option("--max-pages", metavar="N", type=click.IntRange(0), help="Stop after N pages.")
@click.option("--retries", metavar="N", type=click.IntRange(0), default=5,
              help="Further tries of a page that fails.  [default: 5]")  # fmt: skip
@click.option("--deadline", metavar="SECONDS", type=click.FloatRange(0, min_open=True), default=300,
              help="For one page, with all tries and waits.  [default: 300]")  # fmt: skip
@click.option("--prefetch", metavar="N", type=click.IntRange(0), default=0,
              help="Fetch N pages ahead, at once where their requests can be guessed.")  # fmt: skip
@click.option("--key", metavar="PATH", callback=read_identity_path,
              help="Where a row's identity is (id): rows seen before are dropped.")  # fmt: skip
@click.option(
    "--strict",
    is_flag=True,
    help="End with status 1 where it is doubtful whether these are all rows.",
)
@click.option("--allow-origin", "allow_origins", multiple=True, metavar="ORIGIN",
              help="Follow links there, too, without credentials. May be repeated.")  # fmt: skip
@click.option("--pin-origin", is_flag=True, help="Take only path and query of links.")
@click.option("--resume", metavar="TOKEN", help="Go on where an earlier call stopped; it says how.")
@click.option("--until", metavar="TOKEN", help="Stop where another call began or ended.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(),
              help="Write into a file: .jsonl, .jsonl.gz, .jsonl.zst, .csv, .parquet or .arrow. "
              "It is there when all rows are.")  # fmt: skip
@click.option("--checkpoint", metavar="FILE", type=click.Path(),
              help="With -o: keep how far the rows were written. The same command goes on from "
              "there after it was interrupted; another one is refused.")  # fmt: skip
@click.option("--columns", metavar="NAMES", callback=read_columns,
              help="With -o FILE.csv: the columns, as id,balance.current, or all.  [default: those "
              "of the first page]")  # fmt: skip
@click.option("--force", is_flag=True, help="With -o: replace a file that is there.")
@click.option("--quiet", is_flag=True,
              help="No progress, and no summary at the end (for -o and terminals).")  # fmt: skip
@click.option("--log", type=click.Choice(["text", "json"]), default="text", expose_value=False,
              help="json: write on stderr an object a line, also for a mistake in the call, and "
              "one for each page.")  # fmt: skip
@click.option("--timeline", metavar="FILE", callback=read_timeline,
              help="Draw when pages were waited for and used, into a .html or .svg.")  # fmt: skip
def get(url: str, output: str | None, **options: Any) -> None:
    """Write every row of a listing as JSON lines, or into a file.

    URL is that of the first page; quote it where it has & or ? in it.
    """
    reporting = {name: options.pop(name) for name in ("quiet", "timeline")}
    named = {name: options.pop(name) for name in ("checkpoint", "columns", "force")}
    if output is not None:
        write_file(url, output, options, **named, **reporting)
        return
    for name, value in named.items():
        if value:
            raise click.UsageError(f"--{name} needs -o FILE.")
    write_rows(url, options, **reporting)
