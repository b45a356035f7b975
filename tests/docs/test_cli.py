"""The page of the command line shows what the commands say of themselves."""

from __future__ import annotations

import pytest

from tests.docs import pages

pytestmark = pytest.mark.docs


def test_the_help_is_current():
    """Each command's help is on the page, and no other."""
    from click.testing import CliRunner

    from requests_paginate._cli.commands import commands

    shown = {block.title: block.text for block in pages.blocks("docs/reference/cli.md")}
    expected = {}
    for name in commands.commands:
        called = CliRunner().invoke(
            commands, [name, "--help"], prog_name="requests-paginate", terminal_width=78
        )
        expected[f"requests-paginate {name} --help"] = called.output
    assert expected == shown
