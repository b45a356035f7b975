"""What the site takes from outside of docs, and where links to outside lead."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[1]
# Files of the repository that are pages of the site, too.
PAGES = {
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "reporting.md",
    "benchmarks/results.md": "results.md",
}
_LINK = re.compile(r"(?<!\!)\[([^\]]+)\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that stand at another place of the repository."""
    for source, name in PAGES.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """Let links lead to pages of the site, or else into the repository."""
    name = page.file.src_uri
    source = next((path for path, page_ in PAGES.items() if page_ == name), f"docs/{name}")

    def convert(match: re.Match[str]) -> str:
        text, target, anchor = match[1], match[2], match[3] or ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        inside = PAGES.get(path) or path.removeprefix("docs/")
        if inside != path and files.get_file_from_path(inside) is not None:
            leads = posixpath.relpath(inside, posixpath.dirname(name) or ".")
            return f"[{text}]({leads}{anchor})"
        if not (ROOT / path).exists():
            return match[0]  # which mkdocs complains of
        return f"[{text}]({config.extra['repository']}/{path}{anchor})"

    return "".join(
        part if part.startswith("```") else _LINK.sub(convert, part)
        for part in re.split(r"(^```.*?^```$)", markdown, flags=re.DOTALL | re.MULTILINE)
    )
