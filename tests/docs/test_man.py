"""The manual pages say what the commands say of themselves.

`python -m tests.docs.test_man` rewrites them.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.docs import pages

pytestmark = pytest.mark.docs

FOLDER = pages.DOCS / "man"


def write_pages(folder: Path) -> dict[str, str]:
    """Write a manual page for each command; return their texts, by the names of the files."""
    from click_man.core import write_man_pages

    from requests_paginate import __version__
    from requests_paginate._cli.commands import commands

    write_man_pages(
        "requests-paginate", commands, version=__version__, target_dir=str(folder),
        date=f"version {__version__}",
    )  # fmt: skip
    return read_pages(folder)


def read_pages(folder: Path) -> dict[str, str]:
    """Return the manual pages in a folder."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.1"))}


@pytest.mark.filterwarnings("ignore::DeprecationWarning:click")  # of click-man
def test_the_manual_is_current(tmp_path):
    """Each command has its page, and each option its words."""
    assert read_pages(FOLDER) == write_pages(tmp_path)


def test_no_line_of_a_page_is_lost():
    """No help begins with what roff takes for a request, which would be left out of the page."""
    from requests_paginate._cli.commands import commands

    helps = [
        parameter.help
        for command in commands.commands.values()
        for parameter in command.params
        if getattr(parameter, "help", None)
    ]
    assert [] == [text for text in helps if text.startswith(("'", "."))]


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        texts = write_pages(Path(work))
    for name, text in texts.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
