"""Every link of the site leads somewhere, and no page loads anything from elsewhere.

Links to other sites are not followed, since these tests run without a network: they are https.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs import pages

pytestmark = pytest.mark.docs

SITE = pages.ROOT / "build" / "site"
_MARKDOWN_LINK = re.compile(r"\]\(([^)\s]+)\)")


class Reader(HTMLParser):
    """Reads the anchors of a page, its links, and what it loads."""

    def __init__(self, text):
        super().__init__()
        self.anchors, self.links, self.loads = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        elif tag == "link" and given.get("rel") not in {"canonical", "next", "prev"}:
            self.loads.append(given["href"])
        elif tag in {"script", "img", "iframe", "source"} and given.get("src"):
            self.loads.append(given["src"])


@cache
def read(path):
    return Reader((SITE / path).read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def _is_built():
    if not (SITE / "index.html").exists():
        pytest.fail("there is no site: run make docs")


def built():
    return sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))


def test_every_page_is_built():
    """The site has each page of docs."""
    wanted = {name.removeprefix("docs/").replace(".md", ".html") for name in pages.names()[1:]}
    assert set() == wanted - set(built())


def test_links_lead_somewhere():
    """A link leads to a file of the site, and to a place in it."""
    lost = []
    for name in built():
        for link in read(name).links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path)))
            path = name if not parts.path else path
            is_lost = not (SITE / path).is_file()
            if not is_lost and parts.fragment and path.endswith(".html"):
                is_lost = unquote(parts.fragment) not in read(path).anchors
            if is_lost and not (name == "404.html" and link.startswith("/")):
                lost.append((name, link))
    assert [] == lost


def test_links_of_the_readme_lead_to_headings():
    """The README is no page of the site, but leads to files, and to places in pages of it."""
    links = _MARKDOWN_LINK.findall(pages.read("README.md"))
    ours = [urlsplit(link.partition("/blob/main/")[2]) for link in links if "/blob/main/" in link]
    assert ours
    assert [] == [link.path for link in ours if not (pages.ROOT / link.path).exists()]
    places = [
        (link.path.removeprefix("docs/").replace(".md", ".html"), link.fragment)
        for link in ours
        if link.fragment
    ]
    assert places
    assert [] == [place for place in places if place[1] not in read(place[0]).anchors]


def test_links_to_others_are_encrypted():
    """What leads to another site is https."""
    away = {link for name in built() for link in read(name).links if urlsplit(link).scheme}
    assert set() == {link for link in away if urlsplit(link).scheme != "https"}


def test_nothing_is_loaded_from_elsewhere():
    """Fonts, scripts and pictures are the site's own."""
    loaded = {(name, what) for name in built() for what in read(name).loads}
    assert set() == {each for each in loaded if urlsplit(each[1]).netloc}
    styles = "".join(path.read_text(encoding="utf-8") for path in SITE.rglob("*.css"))
    assert [] == re.findall(r"(?:@import|url\()\s*[\"']?https?:[^)\s]+", styles)


@pytest.mark.parametrize("name", pages.names())
def test_links_of_the_sources_lead_somewhere(name):
    """A relative link of a page leads to a file also where the repository is read."""
    folder = (pages.ROOT / name).parent
    links = [urlsplit(link) for link in _MARKDOWN_LINK.findall(pages.read(name))]
    paths = [link.path for link in links if link.path and not link.scheme]
    assert [] == [path for path in paths if not (folder / path).exists()]
