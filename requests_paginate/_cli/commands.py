"""The command line: rows as JSON lines, how a listing paginates, and a sandbox to try it on."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click
from click.shell_completion import get_completion_class
from rich.console import Console
from rich.table import Table
from rich.text import Text

from requests_paginate import Page, __version__, dialects
from requests_paginate._cli import terminal
from requests_paginate._cli.demo import demo
from requests_paginate._cli.options import add_request_options, open_listing, read_identity_path
from requests_paginate._cli.output import read_columns, read_timeline, write_file, write_rows
from requests_paginate._cli.sandbox import sandbox
from requests_paginate._detection import detect
from requests_paginate._paths import describe_type
from requests_paginate._redaction import redact_url
from requests_paginate.strategies import SinglePage, Strategy

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
_EXPLAIN_EXAMPLE = """\b
Example:
  requests-paginate explain https://api.github.com/users/python/repos
"""
_COMPLETION_EXAMPLES = """\b
Examples, for the shell that reads them at its start:
  requests-paginate completion bash >> ~/.bashrc
  requests-paginate completion zsh >> ~/.zshrc
  requests-paginate completion fish > ~/.config/fish/completions/requests-paginate.fish
"""
_PROGRAM = "requests-paginate"


class _Commands(click.Group):
    """Commands that end on Ctrl-C, or when nobody reads on, as other filters do."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command; with a log of JSON, what is wrong with the call is a line of it."""
        given = sys.argv[1:] if args is None else [*args]
        with terminal.choose_log(given):
            if not (standalone_mode and terminal.is_log_of_json()):
                return super().main(args, prog_name, complete_var, standalone_mode, **extra)
            try:
                status = super().main(args, prog_name, complete_var, False, **extra)
            except Exception as error:  # noqa: BLE001 - a log of JSON has no tracebacks
                status = terminal.show_error(error)
            sys.exit(status if isinstance(status, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        if sys.stdout is None:
            raise terminal.Failure("stdout is closed")
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise terminal.Interrupted("interrupted") from None
        except BrokenPipeError:
            terminal.drop_output()
            ctx.exit(terminal.READER_GONE)


@click.group(
    cls=_Commands,
    context_settings={"max_content_width": 100, "help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name=_PROGRAM)
def commands() -> None:
    """List every row of a paginated API, whichever way it paginates."""


@commands.command(epilog=_EXAMPLES)
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


@commands.command(epilog=_EXPLAIN_EXAMPLE)
@add_request_options
def explain(url: str, strategy: str | None, **options: Any) -> None:
    """Make one request and tell how a listing paginates.

    Exit status 1 if that cannot be told: the message then says what was seen.
    """
    with terminal.show_warnings():
        listing = open_listing(url, strategy=strategy, max_pages=1, retries=0, **options)
        try:
            page = next(listing.pages())
        except OSError as error:  # every error of requests is one
            raise terminal.Failure(terminal.describe(error, url)) from None
    found: Any = listing.strategy
    known = dialects.by_name().items()
    names = [strategy] if strategy else [name for name, each in known if each == found]
    for label, text in (
        ("URL", redact_url(page.url)),
        ("dialect", f"{found!r}{_name_style(names)}"),
        *_explain_strategy(page, found, strategy, options.get("items")),
        ("rows", f"{len(page)} on the first page, at {found.items!r}"),
        ("total", "not told" if page.total is None else str(page.total)),
        ("next", "nothing" if page.next is None else repr(page.next)),
        ("complete", _describe_end(page, found, listing.doubts)),
        *(("doubt", doubt) for doubt in listing.doubts),
    ):
        click.echo(f"{label:<12}{text}")


def _explain_strategy(
    page: Page, found: Strategy, named: str | None, items: str | None
) -> Iterator[tuple[str, str]]:
    """Yield why it is this dialect, where that was seen, and what else the page would allow."""
    if named:
        yield "why", f"--strategy {named}"
    else:
        explanation = detect.explain(page, items=items)
        yield "why", explanation.reason
        for other in explanation.strategies[1:]:
            yield "else", f"{other!r}, if the second page is the first again"
        for other in explanation.passed_over:
            yield "passed over", repr(other)
    paths = [*found.list_paths(), getattr(found.total, "path", None)]
    seen = [(path, page.lookup(path.lstrip("!"))) for path in paths if path]
    if seen:
        yield "seen", ", ".join(f"{_show_value(value)} at {path!r}" for path, value in seen)


def _name_style(names: Sequence[str]) -> str:
    """Return whose style it is; the API that was asked may be anybody's."""
    shown = " or ".join(names[:3])
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f", in the style of {shown}{more}" if names else ""


def _show_value(value: Any) -> str:
    """Return a count or a flag as it is; of anything else, which may be secret, only its type."""
    return str(value).lower() if isinstance(value, (bool, int)) else describe_type(value)


def _describe_end(page: Page, strategy: Strategy, doubts: Sequence[str]) -> str:
    if page.next is not None:
        return "no, more pages follow"
    if doubts:
        return "doubtful"
    if isinstance(strategy, SinglePage):
        return "as far as one page tells: nothing in it says that more follow"
    return "yes, nothing follows this page"


@commands.command("dialects")
def list_dialects() -> None:
    """List the names that --strategy takes, and where each is documented."""
    sources = dialects.sources()
    if not sys.stdout.isatty():  # one line each, with tabs between: for grep and cut
        click.echo("Name\tStrategy\tSource")
        for name, strategy in dialects.by_name().items():
            click.echo(f"{name}\t{strategy!r}\t{sources[name]}")
        return
    table = Table("Name", "Strategy and source", box=None, pad_edge=False)
    for name, strategy in dialects.by_name().items():
        table.add_row(name, Text(f"{strategy!r}\n{sources[name]}", overflow="fold"))
    console = Console()
    with console.capture() as text:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in text.get().splitlines()))


@commands.command(epilog=_COMPLETION_EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Write a script that completes options and names in a shell."""
    make: Any = get_completion_class(shell)
    program = context.find_root().command
    click.echo(make(program, {}, _PROGRAM, "_REQUESTS_PAGINATE_COMPLETE").source())


commands.add_command(demo)
commands.add_command(sandbox)
