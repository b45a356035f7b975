"""The command line: rows as JSON lines, how a listing paginates, and a sandbox to try it on."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click
from click.shell_completion import get_completion_class

from requests_paginate import __version__
from requests_paginate._cli import terminal

# Where each command is.
_PLACES = {
    "completion": "commands:completion",
    "demo": "demo:demo",
    "dialects": "explain:list_dialects",
    "explain": "explain:explain",
    "get": "get:get",
    "sandbox": "sandbox:sandbox",
}
_COMPLETION_EXAMPLES = """\b
Examples, for the shell that reads them at its start:
  requests-paginate completion bash >> ~/.bashrc
  requests-paginate completion zsh >> ~/.zshrc
  requests-paginate completion fish > ~/.config/fish/completions/requests-paginate.fish
"""
_PROGRAM = "requests-paginate"


class _Commands(click.Group):
    """Commands that end on Ctrl-C, or when nobody reads on, as other filters do.

    A command is loaded when it is called: to load all of them takes as long as requests itself.
    """

    @property  # type: ignore[override]  # nobody sets another
    def commands(self) -> dict[str, click.Command]:
        """All commands, by name."""
        return {name: self._load(name) for name in _PLACES}

    @commands.setter
    def commands(self, _given: Any) -> None:
        """Take nothing: click's own group would keep its commands here."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the interface
        """Return the names of the commands."""
        return sorted(_PLACES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the interface
        """Return the command of a name."""
        return self._load(cmd_name) if cmd_name in _PLACES else None

    def _load(self, name: str) -> click.Command:
        module, _, attribute = _PLACES[name].partition(":")
        command: click.Command = getattr(import_module(f"{__package__}.{module}"), attribute)
        return command

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


@click.command(epilog=_COMPLETION_EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Write a script that completes options and names in a shell."""
    make: Any = get_completion_class(shell)
    program = context.find_root().command
    click.echo(make(program, {}, _PROGRAM, "_REQUESTS_PAGINATE_COMPLETE").source())
