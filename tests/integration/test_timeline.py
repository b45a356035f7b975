"""The pictures of a run, opened in Chromium: on a phone and on a desk, by eye and by ear."""

from __future__ import annotations

import base64
import zlib

import pytest

from requests_paginate.export.timeline.run import Run, describe
from tests.integration import chromium
from tests.runs import event, every_kind, fetched, one_by_one, record

pytestmark = pytest.mark.integration

PHONE, DESK = 360, 1280
LONG_URL = "https://api.test/" + "a" * 2000
# What a page may say in the log of the browser: nothing.
COMPLAINTS = "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"
TOO_WIDE = """
[...document.querySelectorAll('body *')].filter(each => {
  const box = each.getBoundingClientRect();
  return box.width && !each.closest('.signs') && (box.right > innerWidth + 1 || box.left < -1);
}).map(each => each.outerHTML.slice(0, 80))
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    program = chromium.find_chromium()
    if program is None:
        pytest.skip("Chromium is missing: apt-get install chromium")
    with chromium.running(program, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def with_long_names():
    return record(
        event("asked", 0, 0),
        fetched(0, 0, 1)[:1], event("answered", 0, 0.1, 1, url=LONG_URL, status=200),
        event("failed", 0, 0.2, 1, error="E" * 300), event("ended", 0, 0.2, error="E" * 300),
    )  # fmt: skip


def nothing():
    return record()


RUNS = [nothing, lambda: one_by_one(1), every_kind, with_long_names, lambda: one_by_one(200)]
RUN_NAMES = ["nothing", "one page", "every kind", "long names", "200 pages"]
all_runs = pytest.mark.parametrize("make", RUNS, ids=RUN_NAMES)
all_widths = pytest.mark.parametrize("width", [PHONE, DESK])


def drawn(make, path):
    timeline = make()
    timeline.write(path)
    return timeline


def assert_alone(browser, path):
    """Nothing but the file was asked for, and the browser has nothing to say about it."""
    asked = [each["request"]["url"] for each in browser.named("Network.requestWillBeSent")]
    assert [path.as_uri()] == asked
    assert [] == browser.named(*COMPLAINTS)


def assert_something_is_seen(picture):
    """A PNG whose pixels are of many kinds; an empty page has two or three."""
    assert picture.startswith(b"\x89PNG")
    data, place = b"", 8
    while place < len(picture):
        size, kind = (
            int.from_bytes(picture[place : place + 4], "big"),
            picture[place + 4 : place + 8],
        )
        if kind == b"IDAT":
            data += picture[place + 8 : place + 8 + size]
        place += 12 + size
    assert len(set(zlib.decompress(data))) > 50


@all_widths
@all_runs
def test_the_page_fits_and_shows_each_row(browser, tmp_path, make, width):
    """No line is wider than the window, with all details open, too, and each row is read."""
    path = tmp_path / "run.html"
    timeline = drawn(make, path)
    browser.open(path, width=width)
    assert width == browser.run("document.documentElement.scrollWidth")
    browser.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert width == browser.run("document.documentElement.scrollWidth")
    assert [] == browser.run(TOO_WIDE)
    seen = browser.run(
        "[...document.querySelectorAll('tbody tr')].filter(each => "
        "each.checkVisibility()).map(each => each.innerText)"
    )
    fetches = timeline.fetches()
    assert len(fetches) + bool(fetches) == len(seen)
    for fetch, text in zip(fetches, seen[1:], strict=True):
        assert text.split()[0] == str(fetch.page + 1)
        assert " ".join(describe(fetch).split()) in " ".join(text.split())
        assert fetch.url is None or fetch.url in text
    lanes = browser.run(
        "[...document.querySelectorAll('.lane svg')]"
        ".map(each => each.getBoundingClientRect().width)"
    )
    assert all(width * 0.3 < each for each in lanes)
    assert width > PHONE or all(width * 0.7 < each for each in lanes)
    assert_alone(browser, path)
    assert_something_is_seen(browser.picture(whole=False))


@all_widths
def test_the_page_is_a_table_to_those_who_hear_it(browser, tmp_path, width):
    """Also where its cells do not stand beside each other; each picture in it has a name."""
    path = tmp_path / "run.html"
    timeline = drawn(every_kind, path)
    browser.open(path, width=width)
    names = browser.accessible()
    roles = [role for role, _ in names]
    fetches = timeline.fetches()
    assert 1 == roles.count("table")
    assert len(fetches) + 2 == roles.count("row")
    assert len(fetches) + 1 == roles.count("rowheader")
    assert 3 == roles.count("columnheader")
    images = [name.replace("\u00a0", " ") for role, name in names if role == "image"]
    assert "Page 4, from 200 ms to 282 ms" in images
    assert len(fetches) + 2 == len([name for name in images if name])
    assert ("heading", Run.of(timeline).title()) in names
    assert "What the marks mean" in [name for role, name in names if role == "list"]


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_has_its_style_under_its_policy(browser, tmp_path, dark):
    """The policy allows the style, in light and in dark, and stops a script."""
    path = tmp_path / "run.html"
    drawn(every_kind, path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("</main>", "<script>document.title = 'ran'</script></main>"))
    browser.open(path, width=DESK, dark=dark)
    style = "getComputedStyle(document.querySelector('{}')).{}"
    ground = browser.run(style.format("body", "backgroundColor"))
    assert ("rgb(13, 17, 23)" if dark else "rgb(255, 255, 255)") == ground
    assert 'url("#hatched")' == browser.run(style.format("rect.failed", "fill"))
    assert "sticky" == browser.run(style.format("thead th", "position"))
    assert "ran" != browser.run("document.title")
    assert 1 == len(browser.named("Log.entryAdded"))  # about the script


def test_the_page_is_printed(browser, tmp_path):
    """A PDF is made of it, of more than one page if it is long."""
    path = tmp_path / "run.html"
    drawn(lambda: one_by_one(90), path)
    browser.open(path, width=DESK, media="print")
    answer = browser.call("Page.printToPDF", printBackground=False)
    pdf = base64.b64decode(answer["data"])
    assert pdf.startswith(b"%PDF")
    assert 3 <= pdf.count(b"/Type /Page\n")


@all_widths
@all_runs
def test_the_svg_fits_and_has_words(browser, tmp_path, make, width):
    """It is as wide as the window at most, and its texts are as large as on paper."""
    path = tmp_path / "run.svg"
    timeline = drawn(make, path)
    browser.open(path, width=width, is_phone=False)
    box = "document.documentElement.getBoundingClientRect()"
    assert min(width, 680) == pytest.approx(browser.run(f"{box}.width"), abs=0.5)
    ratio = browser.run(f"{box}.height / {box}.width")
    assert float(browser.run("document.documentElement.getAttribute('height')")) / 680 == (
        pytest.approx(ratio, rel=0.01)
    )
    sizes = browser.run(
        "[...document.querySelectorAll('text:not(.note)')].map("
        "each => each.getBoundingClientRect().height)"
    )
    assert min(sizes) > 12
    names = browser.accessible()
    assert ("image", Run.of(timeline).title()) in names
    assert_alone(browser, path)
    assert_something_is_seen(browser.picture(whole=False))


def full_axis():
    """A run whose last tick is at its very end, among as many as there may be."""
    return record(fetched(0, 0, 1), event("ended", 1, 0.4))


def boxes_of_texts(browser):
    """Where each text of an SVG is: left, right, middle, and what it says."""
    return browser.run(
        "[...document.querySelectorAll('text')].filter(each => each.checkVisibility()).map(each => "
        "{ const box = each.getBoundingClientRect();"
        " return [box.left, box.right, (box.top + box.bottom) / 2, each.textContent] })"
    )


def assert_apart(boxes, width):
    """Texts are whole, and those on one line do not run into each other."""
    for left, right, _, text in boxes:
        assert 0 <= left < right <= width, text
    for one in boxes:
        for other in boxes:
            is_beside = abs(one[2] - other[2]) < 4 and one is not other
            assert not (is_beside and one[0] < other[1] and other[0] < one[1]), (one, other)


@all_widths
@pytest.mark.parametrize("make", [every_kind, with_long_names, full_axis])
def test_texts_are_whole_and_apart(browser, tmp_path, make, width):
    """Labels, words and the legend stay within the picture and do not run into each other."""
    drawn(make, tmp_path / "run.svg")
    browser.open(tmp_path / "run.svg", width=width, is_phone=False)
    boxes = boxes_of_texts(browser)
    assert len(boxes) > 15
    assert_apart(boxes, min(width, 680))
    drawn(make, tmp_path / "run.html")
    browser.open(tmp_path / "run.html", width=width)
    boxes = boxes_of_texts(browser)
    assert len(boxes) >= 3
    assert_apart(boxes, width)


@all_widths
def test_the_svg_in_a_page(browser, tmp_path, width):
    """As an image it keeps its shape, and is as wide as there is room."""
    drawn(every_kind, tmp_path / "run.svg")
    path = tmp_path / "page.html"
    path.write_text(
        '<!DOCTYPE html><meta name="viewport" content="width=device-width"><body style="margin: 0">'
        '<img src="run.svg" alt="A run" style="max-width: 100%; height: auto">'
    )
    browser.open(path, width=width)
    image = "document.querySelector('img')"
    shown = browser.run(f"{image}.getBoundingClientRect().width")
    assert min(width, 680) == pytest.approx(shown, abs=0.5)
    assert 300 < browser.run(f"{image}.naturalHeight")
    assert_something_is_seen(browser.picture(whole=False))
