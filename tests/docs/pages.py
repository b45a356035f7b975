"""The pages of the documentation and their blocks of Python, read as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<kind>\w+)(?: title=\"(?P<title>[^\"]+)\")?[^\n]*\n"
    r"(?P<text>.*?)^(?P=indent)```$",
    re.DOTALL | re.MULTILINE,
)
_COMMENT = re.compile(r"^\s*print\(.*\)  # (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of a page.

    Attributes:
        kind: Its language, as the fence names it.
        title: The name of the file that it is, if it is one.
        text: What it holds.
        line: Where it stands on the page.
        shown: The text of the block right behind it, if that is what it prints.
    """

    kind: str
    title: str | None
    text: str
    line: int
    shown: str | None

    @property
    def expected(self) -> str:
        """Return what the page says that the block prints."""
        if self.shown is not None:
            return self.shown
        return "".join(f"{line}\n" for line in _COMMENT.findall(self.text))


def names() -> list[str]:
    """Return the names of all pages, below the root of the repository."""
    pages = sorted(path.relative_to(ROOT).as_posix() for path in DOCS.rglob("*.md"))
    return ["README.md", *pages]


def read(name: str) -> str:
    """Return the text of a page."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str) -> list[Block]:
    """Return the blocks of a page, in order."""
    text = read(name)
    matches = list(_FENCE.finditer(text))
    found = []
    for number, match in enumerate(matches):
        following = matches[number + 1] if number + 1 < len(matches) else None
        shown = None
        if following is not None and following["kind"] == "text":
            between = text[match.end() : following.start()]
            shown = _dedent(following) if not between.strip() else None
        line = text.count("\n", 0, match.start()) + 2
        found.append(Block(match["kind"], match["title"], _dedent(match), line, shown))
    return found


def _dedent(match: re.Match[str]) -> str:
    width = len(match["indent"])
    return "".join(line[width:] or "\n" for line in match["text"].splitlines(keepends=True))
