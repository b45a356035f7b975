"""Pictures of a run: what they say, and that they need nothing and let nothing in."""

from __future__ import annotations

import re
import sys
import time
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
import responses

from requests_paginate._listing.timeline import Timeline
from requests_paginate._transport.trace import Kind
from requests_paginate.export.timeline import find_drawing
from requests_paginate.export.timeline.marks import LEGEND, STYLE, draw_sample, ticks
from requests_paginate.export.timeline.run import Run, describe, seconds
from requests_paginate.sandbox import TotalPagesEnvelope
from requests_paginate.testing import mount
from tests.runs import event, every_kind, fetched, one_by_one, record

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "timeline.md").read_text(encoding="utf-8")
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"><script>alert(1)</script>&\x00\ud800'


def one_moment():
    return record(event("sent", 0, 0, 1))


RUNS = {
    "nothing": Timeline, "one page": lambda: one_by_one(1), "every kind": every_kind,
    "one moment": one_moment,
    "200 pages": lambda: one_by_one(200),
}  # fmt: skip


def words(timeline):
    return [describe(each).replace("\u00a0", " ") for each in timeline.fetches()]


def facts(timeline):
    return " ".join(Run.of(timeline).facts()).replace("\u00a0", " ")


def texts(svg):
    """The visible texts of an SVG."""
    return ["".join(each.itertext()) for each in ET.fromstring(svg).iter(f"{SVG}text")]


class Elements(HTMLParser):
    """The elements of a page, and whether each was closed."""

    VOID = ("meta", "line", "rect", "use", "circle", "path")

    def __init__(self, text):
        super().__init__()
        self.found, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert tag == self.open.pop()


# Words -------------------------------------------------------------------------------------------


def test_every_page_in_words():
    """Each says what went on, in order, and what became of it."""
    assert [
        "50 ms waiting, 2 ms receiving, 1 ms decoding",
        "Failed after 47 ms (PageFailed), 101 ms pause, "
        "50 ms waiting, 2 ms receiving, 1 ms decoding",
        "Wrong guess, dropped: 50 ms waiting, 2 ms receiving, 1 ms decoding",
        "50 ms waiting, 2 ms receiving, 1 ms decoding",
        "Wrong guess, dropped: 82 ms waiting",
        "Right guess: 50 ms waiting, 2 ms receiving, 1 ms decoding, ready 28 ms early",
    ] == words(every_kind())


def test_other_ends_in_words():
    """Not needed, replaced, going on, and ready before the picture begins."""
    timeline = record(
        event("taken", 0, 0, rows=1), fetched(1, 0, 1), fetched(1, 0.1, 2),
        event("sent", 2, 0.1, 3), event("dropped", 2, 0.15, 3), event("sent", 3, 0.1, 4),
    )  # fmt: skip
    assert [
        "Fetched before the picture begins",
        "Fetched again: 50 ms waiting, 2 ms receiving, 1 ms decoding",
        "50 ms waiting, 2 ms receiving, 1 ms decoding",
        "Not needed, dropped: 50 ms waiting",
        "53 ms waiting, still going on",
    ] == words(timeline)
    assert Run.of(timeline).title().startswith("1 page, 1 row in 153")
    assert Run.of(timeline).title().endswith("so far")


def test_the_numbers_of_a_run():
    """Requests, waiting and work, guesses and failures are told in short sentences."""
    assert (
        "7 requests, at most 2 at once. Your code waited for pages 295 ms (66% of the time). "
        "It worked on rows 155 ms (34% of the time). Guessed requests: 1 right, 2 wrong. "
        "1 request failed, with pauses of 101 ms."
    ) == facts(every_kind())
    assert "No request was guessed. No request failed." in facts(one_by_one(2))


def test_an_error_and_what_is_left_out_are_told():
    """A run that ended with an error says so, and so does one of more than a thousand pages."""
    failed = record(
        event("asked", 0, 0), event("sent", 0, 0, 1),
        event("failed", 0, 0.1, 1, error="PageFailed"), event("sent", 1, 0, 2, is_guess=True),
        event("dropped", 1, 0.1, 2, is_guess=True), event("ended", 0, 0.1, error="PageFailed"),
    )  # fmt: skip
    assert "Guessed requests: 0 right, 0 wrong, 1 not needed." in facts(failed)
    assert "1 request failed. The listing ended with PageFailed." in facts(failed)
    assert "200 later pages not shown." in facts(one_by_one(1200))


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (0, "0 ms"),
        (0.0001, "under 1 ms"),
        (0.052, "52 ms"),
        (0.9996, "1.00 s"),
        (1234.5, "1,234.5 s"),
    ],
)
def test_seconds_in_words(duration, expected):
    """Three digits are enough, and number and unit stay on one line."""
    assert expected == seconds(duration).replace("\u00a0", " ")


@pytest.mark.parametrize("whole", [0.001, 0.0042, 0.45, 1.0, 14.8, 60, 86400])
def test_an_axis_names_round_times(whole):
    """At least two and at most six, evenly apart, and none beyond the end."""
    times = [time for time, _ in ticks(whole, 5)]
    assert 2 <= len(times) <= 6
    assert times[-1] <= whole * 1.0001
    assert re.fullmatch(r"[125]", f"{times[1]:e}"[0])
    assert len(times) == len({label for _, label in ticks(whole, 5)})


# Pictures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", RUNS.values(), ids=RUNS)
def test_the_svg_has_words_for_all(make):
    """It is well-formed, has a title and a text alternative, and as much height as it needs."""
    timeline = make()
    root = ET.fromstring(timeline.svg())
    fetches = timeline.fetches()
    assert Run.of(timeline).title() == root.findtext(f"{SVG}title")
    alternative = root.findtext(f"{SVG}desc").replace("\u00a0", " ")
    assert all(f"Page {each.page + 1}: " in alternative for each in fetches)
    assert all(each in alternative for each in words(timeline))
    assert ["name", "words"] == [each.get("id") for each in root[:2]]
    titles = [each.findtext(f"{SVG}title") for each in root.iter(f"{SVG}g")]
    assert len(fetches) == len([each for each in titles if each])
    bottoms = [float(each.get("y")) for each in root.iter(f"{SVG}text") if each.get("y")]
    assert max(bottoms) < float(root.get("height")) == float(root.get("viewBox").split()[3])


def test_labels_thin_out():
    """Two hundred pages have fewer numbers than lanes, and a page more than one line each."""
    few, many = texts(one_by_one(12).svg()), texts(one_by_one(200).svg())
    assert [str(number) for number in range(1, 13)] == [each for each in few if each in NUMBERS]
    assert 50 < len([each for each in many if each in NUMBERS]) < 100


NUMBERS = {str(number) for number in range(1, 1001)}


def test_the_svg_notes_what_is_unusual():
    """Failures and wrong guesses have a word beside their marks."""
    assert ["PageFailed", "wrong guess", "wrong guess"] == [
        each for each in texts(every_kind().svg()) if each in ("PageFailed", "wrong guess")
    ]


@pytest.mark.parametrize(
    ("begin", "end", "where"), [(0, 0.1, ["note"]), (0.4, 0.5, ["note end"]), (0, 0.5, [])]
)
def test_a_note_stands_where_there_is_room(begin, end, where):
    """Behind the marks, or before them where these reach the end, or nowhere."""
    timeline = record(
        event("asked", 0, 0), event("sent", 0, begin, 1), event("dropped", 0, end, 1),
        event("ended", 0, 0.5),
    )  # fmt: skip
    found = ET.fromstring(timeline.svg()).iter(f"{SVG}text")
    assert where == [each.get("class") for each in found if each.text == "not needed"]


def test_kinds_differ_in_more_than_colour():
    """Without their colours, the marks of the legend are still all different."""
    patterns = [name for name in LEGEND if f".{name} {{ fill: url" in STYLE]
    assert ["failed", "work"] == patterns
    coloured = rf' class="(?!{"|".join(patterns)})\w+"'
    samples = [re.sub(coloured, "", draw_sample(name, 0, 24)) for name in LEGEND]
    assert len(LEGEND) == len(set(samples))


def luminance(colour):
    digits = colour * 2 if len(colour) == 3 else colour
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast_is_enough(scheme):
    """Texts have 4.5 (WCAG 1.4.3), marks 3 (1.4.11), on the page and on the legend's ground."""
    block = STYLE.split(":root")[scheme + 1]
    colours = dict(re.findall(r"--(\w+): #(\w+)", block))
    for ground in ("page", "zone"):
        assert all(4.5 <= contrast(colours[name], colours[ground]) for name in ("text", "faint"))
        for name in ("waiting", "receiving", "decoding", "failed", "pause", "work"):
            assert 3 <= contrast(colours[name], colours[ground]), (ground, name)


@pytest.mark.parametrize("make", RUNS.values(), ids=RUNS)
def test_the_page_has_a_row_for_each_fetch(make):
    """A table with headers, in which each row has its words and its picture a name."""
    timeline = make()
    text = timeline.html()
    page = Elements(text)
    assert [] == page.open
    fetches = timeline.fetches()
    heads = [each for tag, each in page.found if tag == "th" and each.get("scope") == "row"]
    assert len(fetches) + bool(fetches) == len(heads)
    pictures = [each for tag, each in page.found if tag == "svg" and each.get("role") == "img"]
    assert all(each["aria-label"] for each in pictures)
    plain = unescape(text).replace("\u00a0", " ")
    assert all(each in plain for each in words(timeline))
    assert "No request was made" in text if not fetches else "Pages count from 1" in text


@pytest.mark.parametrize("form", ["html", "svg"])
def test_pictures_need_nothing(form):
    """No script, no address but those of pages and of the namespace, and no @import."""
    text = getattr(every_kind(), form)()
    bare = text.replace("http://www.w3.org/2000/svg", "").replace("https://api.test/rows", "")
    assert [] == re.findall(r"https?:|//|<script|<link|@import|\bon\w+=|url\((?!#)", bare)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    assert (form == "html") == (policy in unescape(text))


@pytest.mark.parametrize("form", ["html", "svg"])
def test_what_comes_from_a_server_is_escaped(form):
    """An error's name or a URL is text and nothing else, and may hold any character."""
    timeline = record(
        event("sent", 0, 0, 1), event("failed", 0, 0.1, 1, error=HOSTILE),
        event("sent", 0, 0.1, 1), event("answered", 0, 0.2, 1, url=HOSTILE, status=200),
        event("ended", 0, 0.3, error=HOSTILE),
    )  # fmt: skip
    text = getattr(timeline, form)()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert text == text.encode().decode()
    assert "\x00" not in text
    if form == "svg":
        assert "<script>alert(1)</script>" in ET.fromstring(text).findtext(f"{SVG}desc")
    else:
        assert [] == Elements(text).open


def test_a_notebook_shows_the_page_in_a_frame():
    """It is shut off from the notebook, whose style it neither takes nor changes."""
    ((tag, attributes),) = Elements(every_kind()._repr_html_()).found
    assert ("iframe", None) == (tag, attributes["sandbox"])
    assert every_kind().html() == attributes["srcdoc"]
    assert "4 pages" in attributes["title"]


@pytest.mark.parametrize("name", ["run.html", "run.svg", "RUN.HTML"])
def test_a_picture_is_written_by_its_suffix(tmp_path, name):
    """Another run's picture is replaced."""
    path = tmp_path / name
    path.write_text("of before")
    every_kind().write(str(path))
    form = path.suffix.lower()[1:]
    assert getattr(every_kind(), form)() == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["run.png", "run", ".html"])
def test_another_suffix_names_both(tmp_path, name):
    """What cannot be drawn is refused with a word about what can be."""
    with pytest.raises(ValueError, match=r"\.html or \.svg") as caught:
        every_kind().write(tmp_path / name)
    assert name in str(caught.value)
    with pytest.raises(ValueError, match=r"\.html or \.svg"):
        find_drawing(name)
    assert [] == list(tmp_path.iterdir())


def test_a_missing_folder_is_named(tmp_path):
    """The error is an OSError, and says which folder is not there."""
    with pytest.raises(FileNotFoundError, match=r"no folder to write into.*missing"):
        every_kind().write(tmp_path / "missing" / "run.html")


def test_the_pictures_of_the_docs_are_drawn_by_this_code():
    """They have today's legend and style, and the numbers that the page tells."""
    for prefetch in (0, 1, 8):
        svg = (DOCS / f"timeline-{prefetch}.svg").read_text(encoding="utf-8")
        assert f"at most {max(1, prefetch)} at once" in svg
        assert STYLE in svg
        assert set(LEGEND.values()) <= set(texts(svg))
        assert 20_000 > len(svg)


# The page of docs --------------------------------------------------------------------------------


class Tracer:
    """The part of OpenTelemetry's that the example uses: it is a span, too."""

    def __init__(self):
        self.told = []

    def get_tracer(self, name):
        return self

    def start_span(self, name, start_time):
        self.told.append((name, start_time))
        return self

    def set_attribute(self, name, value):
        self.told.append((name, value))

    def end(self, end_time):
        self.told.append(("end", end_time))


def test_the_examples_of_the_docs_run(tmp_path, monkeypatch, capsys):
    """They write a picture, print events and make a span of each page."""
    monkeypatch.chdir(tmp_path)
    tracer = Tracer()
    monkeypatch.setitem(sys.modules, "opentelemetry", SimpleNamespace(trace=tracer))
    examples = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    namespace = {}
    with responses.RequestsMock() as mock:
        mount(TotalPagesEnvelope(total=25, page_size=10), "https://api.example.com", mock)
        for example in examples:
            exec(example, namespace)
    assert "3 pages, 25 rows" in (tmp_path / "run.html").read_text(encoding="utf-8")
    printed = capsys.readouterr().out.splitlines()
    assert ["taken 0 10", "taken 1 10", "taken 2 5"] == [
        line for line in printed if line.startswith("taken")
    ]
    names = [name for name, _ in tracer.told]
    assert ["page 1", "http.response.status_code", "end", "page 2"] == names[:4]
    assert 3 == names.count("end")
    assert abs(time.time() - tracer.told[0][1] / 1e9) < 60


def test_the_docs_know_every_event_and_every_mark():
    """The tables name each kind of event in order, and each mark of the legend."""
    assert list(get_args(Kind)) == re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    marks = re.findall(r"^\| [^`].*\| \*\*([\w, ]+)\*\*", PAGE, re.MULTILINE)
    assert list(LEGEND.values()) == marks
