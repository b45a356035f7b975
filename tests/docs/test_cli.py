"""The page of the command line shows what the commands say of themselves.

`python -m tests.docs.test_cli` rewrites it.
"""

from __future__ import annotations

import pytest

from tests.docs import pages

pytestmark = pytest.mark.docs

PAGE = pages.DOCS / "reference" / "cli.md"


def rewrite(text: str) -> str:
    """Return the page with each command's help, as it is, behind its beginning."""
    from click.testing import CliRunner

    from requests_paginate._cli.commands import commands

    parts = [text.partition("\n## ")[0]]
    for name in commands.commands:
        called = CliRunner().invoke(
            commands, [name, "--help"], prog_name="requests-paginate", terminal_width=78
        )
        title = f"requests-paginate {name}"
        parts.append(f'\n## `{title}`\n\n```text title="{title} --help"\n{called.output}```\n')
    return "".join(parts)


def test_the_help_is_current():
    """Each command's help is on the page, and no other."""
    text = PAGE.read_text(encoding="utf-8")
    assert rewrite(text) == text


if __name__ == "__main__":
    PAGE.write_text(rewrite(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
