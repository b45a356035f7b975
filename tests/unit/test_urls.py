"""Link headers, and what a link leads to."""

from dataclasses import FrozenInstanceError

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_paginate._urls import (
    Link,
    check_link,
    decode_header,
    find_links_of,
    is_relative,
    parse_link_header,
    rebase_link,
    resolve_link,
)
from requests_paginate.exceptions import MalformedPage, PaginationError, UnsafeLink

# A loaded machine is no failure.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

URL = "https://api.test"
A, B = "https://api.test/?page=2", "https://api.test/?page=9"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", []),
        ("  ,, ,", []),
        ("<https://api.test/?page=2>", [(A, ())]),
        ("<>; rel=self", [("", ("self",))]),
        (f'<{A}>; rel="next"', [(A, ("next",))]),
        (f"<{A}>;rel=next", [(A, ("next",))]),
        (f"  <{A}>  ;  rel  =  next  ", [(A, ("next",))]),
        (f'<{A}>; REL="next"', [(A, ("next",))]),
        (f'<{A}>; Rel="Next"', [(A, ("next",))]),
        (f"<{A}>; rel=NEXT", [(A, ("next",))]),
        (f'<{A}>; rel="next last"', [(A, ("next", "last"))]),
        (f'<{A}>; rel=" next \t last "', [(A, ("next", "last"))]),
        (f'<{A}>; rel=""', [(A, ())]),
        (f"<{A}>; rel=", [(A, ())]),
        (f"<{A}>; rel", [(A, ())]),
        (f'<{A}>; title="a=b"; rel="next"', [(A, ("next",))]),
        (f'<{A}>; title="a;b, c <d>"; rel="next"', [(A, ("next",))]),
        (f'<{A}>; title="say \\"rel=prev\\""; rel="next"', [(A, ("next",))]),
        (f"<{A}>; crossorigin; rel=next", [(A, ("next",))]),
        (f"<{A}>; title*=UTF-8''n%c3%a4chste; rel=next", [(A, ("next",))]),
        (f"<{A}>;;; rel=next;", [(A, ("next",))]),
        (f"<{A}>; rel=next; rel=prev", [(A, ("next",))]),
        (f"<{A}>; rel=prev; REL=next", [(A, ("prev",))]),
        ("</a;b,c?x=1;2,3>; rel=next", [("/a;b,c?x=1;2,3", ("next",))]),
        ("<?page=2>; rel=next", [("?page=2", ("next",))]),
        ("<../x>; rel=next", [("../x", ("next",))]),
        (f"<{A}>; rel=next, <{B}>; rel=last", [(A, ("next",)), (B, ("last",))]),
        (f"<{A}>; rel=next,<{B}>; rel=last", [(A, ("next",)), (B, ("last",))]),
        (f"<{A}>,<{B}>; rel=last", [(A, ()), (B, ("last",))]),
        (f",, <{A}>; rel=next , , <{B}>; rel=last,,", [(A, ("next",)), (B, ("last",))]),
        (f'<{A}>; rel="https://api.w.org/"', [(A, ("https://api.w.org/",))]),
        (f"<{A}{300 * 'x'}>; rel=next", [(A + 300 * "x", ("next",))]),
        # single quotes, which are no quotes in RFC 9110
        (f"<{A}>; rel='next'", [(A, ("next",))]),
        (f"<{A}>; rel='next', <{B}>; rel='last'", [(A, ("next",)), (B, ("last",))]),
        (f"<{A}>; rel='next last' ; x=y", [(A, ("next", "last"))]),
        (f"<{A}>; title='a b'; REL = 'Next'", [(A, ("next",))]),
        (
            f"<{A}>; title='90s; rel=next, <{B}>; title='80s; rel=last",
            [(A, ("next",)), (B, ("last",))],
        ),
        (f"<{A}>; title=it's; rel=next", [(A, ("next",))]),
        (f"<{A}>; rel=''", [(A, ())]),
    ],
)
def test_link_headers(header, expected):
    """All that RFC 8288 section 3 allows is read."""
    assert expected == [(link.target, link.relations) for link in parse_link_header(header)]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('<a>; Results="false"; cursor="0:100:0"', {"results": "false", "cursor": "0:100:0"}),
        ('<a>; a="1"; A=2', {"a": "1"}),
        (r'<a>; title="a \"b\" \\ c"', {"title": 'a "b" \\ c'}),
        ("<a>; async", {"async": ""}),
    ],
)
def test_parameters(header, expected):
    """Parameters are known by lower-cased name, unquoted, the first of each."""
    assert [expected] == [dict(link.parameters) for link in parse_link_header(header)]


@pytest.mark.parametrize(
    ("anchor", "expected"),
    [
        ("", True), ("#rows", True), ("/orders", True), ("/orders?a=1", True), ("?a=1", True),
        ("https://api.test/orders", True), ("orders", True), ("./orders#x", True),
        ("/orders/7", False), ("/tags", False), ("?a=2", False), ("https://b.test/orders", False),
        ("http://api.test/orders", False), ("//[", False), ("urn:isbn:1", False),
    ],
)  # fmt: skip
def test_links_of_another_resource(anchor, expected):
    """A link with an anchor is of the resource that this names (RFC 8288 section 3.2)."""
    header = f'</orders?page=2>; rel="next"; anchor="{anchor}", <?page=1>; rel=first'
    links = find_links_of("https://api.test/orders?a=1#top", header)
    assert expected == (len(links) == 2)


def test_a_link_is_frozen():
    """A link stays as it was written, and its parts are given by name."""
    link = Link(target="/x")
    with pytest.raises(FrozenInstanceError):
        link.target = "/y"
    with pytest.raises(TypeError, match="positional"):
        Link("/x")


@pytest.mark.parametrize(
    "header",
    [
        "https://api.test/",
        "<https://api.test/",
        f"<{A}>; rel=next <{B}>; rel=last",
        f"<{A}> rel=next",
        f'<{A}>; rel="next',
        f'<{A}>; rel="next\\',
        f'<{A}>; rel=ne"xt"',
        "rel=next",
        ">",
        "<a>; rel=next, b",
    ],
)
def test_malformed_link_headers(header):
    """What is no list of links is malformed, and not silently without a next page."""
    with pytest.raises(MalformedPage):
        parse_link_header(header)


@UNHURRIED
@given(st.text("<>;,=\"\\ abrel\t/'*", max_size=60) | st.text())
def test_any_link_header(text):
    """Any text is a tuple of links or malformed."""
    try:
        links = parse_link_header(text)
    except MalformedPage:
        return
    assert all(isinstance(link, Link) for link in links)


_TARGETS = st.text(st.characters(codec="latin-1", exclude_characters="<>"), max_size=30)
_TYPES = st.lists(st.text("abcdefXYZ-.:/", min_size=1, max_size=8), min_size=1, max_size=3)
_TITLES = st.text(st.characters(codec="latin-1"), max_size=20)


@UNHURRIED
@given(st.lists(st.tuples(_TARGETS, _TYPES, _TITLES, st.booleans()), max_size=4), st.data())
def test_what_was_written_is_read(links, data):
    """Written links come back, wherever `rel` stands and whatever a title holds."""
    parts, expected = [], []
    for target, types, title, title_first in links:
        quoted = title.replace("\\", "\\\\").replace('"', '\\"')
        pair = [
            f'title="{quoted}"',
            f'{data.draw(st.sampled_from(["rel", "REL"]))}="{" ".join(types)}"',
        ]
        parts.append("; ".join([f"<{target}>", *(pair if title_first else pair[::-1])]))
        expected.append((target, tuple(t.lower() for t in types), title))
    text = data.draw(st.sampled_from([",", ", ", " ,\t,"])).join(parts)
    read = parse_link_header(text)
    assert expected == [(link.target, link.relations, link.parameters["title"]) for link in read]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<https://api.test/?page=2>; rel="next", ' * 60_000, 60_000),
        ('<a>; rel=next; title="' + "x" * 6_000_000 + '"', 1),
        ("<a>; rel=next" + " " * 6_000_000, 1),
        ("<a>; rel=next" + ";" * 2_000_000, 1),
        ("<a>; rel=next" + " ; " * 600_000, 1),
        ("<a>" + ";a  " * 500_000, 1),
        ("<a>" + ';a="";b="' * 200_000 + '"', None),
        ('<a>;a="' + "\\" * 2_000_001 + '"', None),
        ("<" * 6_000_000, None),
        ("<a>," * 200_000 + "<", None),
    ],
    ids=[
        "links",
        "title",
        "spaces",
        "semicolons",
        "both",
        "names",
        "quotes",
        "escapes",
        "<",
        "cut",
    ],
)
def test_long_link_headers(text, expected):
    """Megabytes are read, whatever they are made of: the work grows with the length only."""
    if expected is None:
        with pytest.raises(MalformedPage):
            parse_link_header(text)
    else:
        assert expected == len(parse_link_header(text))


BASE = "https://api.test:8443/v1/items?page=1&a=%2F#top"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://api.test:8443/v1/items?page=2", "https://api.test:8443/v1/items?page=2"),
        ("HTTPS://API.test/%7Ea?x=%2f+%20&&y=;z", "HTTPS://API.test/%7Ea?x=%2f+%20&&y=;z"),
        ("https://api.test", "https://api.test"),
        ("https://api.test/a/../b/./c", "https://api.test/a/../b/./c"),
        ("//other.test/x?y", "https://other.test/x?y"),
        ("//other.test", "https://other.test"),
        ("/v2/x?page=2&a=%2F", "https://api.test:8443/v2/x?page=2&a=%2F"),
        ("/a/../b", "https://api.test:8443/a/../b"),
        ("/", "https://api.test:8443/"),
        ("?page=2&a=%2f&b=x+y", "https://api.test:8443/v1/items?page=2&a=%2f&b=x+y"),
        ("?", "https://api.test:8443/v1/items?"),
        ("items?page=2", "https://api.test:8443/v1/items?page=2"),
        ("./items?page=2&u=http://b/%2F", "https://api.test:8443/v1/items?page=2&u=http://b/%2F"),
        ("../v2/items?page=2", "https://api.test:8443/v2/items?page=2"),
        ("/v1/é?q=ü", "https://api.test:8443/v1/é?q=ü"),
        # a space that cannot move the host
        ("/a b?q=c d#e f", "https://api.test:8443/a%20b?q=c%20d#e%20f"),
        ('items?where={"a": 1}&p=2', 'https://api.test:8443/v1/items?where={"a":%201}&p=2'),
        ("https://b.test/?$filter=n eq 'x'", "https://b.test/?$filter=n%20eq%20'x'"),
        ("https://b.test?a b", "https://b.test?a%20b"),
        ("//b.test/a b", "https://b.test/a%20b"),
        ("a b?c=d", "https://api.test:8443/v1/a%20b?c=d"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("file:///etc/passwd", "file:///etc/passwd"),
    ],
)
def test_resolving(link, expected):
    """A link is completed from the page's URL, and its own bytes stay as they are."""
    assert expected == resolve_link(BASE, link)


@pytest.mark.parametrize(
    ("base", "link", "expected"),
    [
        ("https://api.test", "/x", "https://api.test/x"),
        ("https://api.test", "?page=2", "https://api.test?page=2"),
        ("https://api.test?u=http://b.test/", "/x", "https://api.test/x"),
        ("https://api.test/a?u=//b.test", "//c.test/", "https://c.test/"),
        ("https://[::1]:8443/a", "/b", "https://[::1]:8443/b"),
    ],
)
def test_resolving_from_other_pages(base, link, expected):
    """Bases without a path, with URLs in their query and with IPv6 hosts."""
    assert expected == resolve_link(base, link)


@pytest.mark.parametrize(
    "link",
    [
        "https://api.test\\@evil.test/", "\\\\evil.test/x", "/x\\y", "/x\r\nHost: evil.test",
        "/x\ny", "/x\ty", " /x", "/x ", "/\x00", "/\x1f", "/\x7f", "https://a b.test/x", "//a b/x",
        "https ://a.test/x", "https:// a.test/x", "https://a.test /x", "?a=b ", "a b:c/d",
        "/x\u00a0", "\u3000/x", "\u00a0\u4e00", "/" + "x" * 2**16,
    ],
)  # fmt: skip
def test_unsafe_links(link):
    """A link that two parsers could read differently, or no server takes, is refused."""
    for function in (check_link, lambda it: resolve_link(BASE, it)):
        with pytest.raises(UnsafeLink):
            function(link)


def test_the_longest_link():
    """8 KiB are taken, byte for byte."""
    link = "/" + "x" * 8191
    assert link == check_link(link)


@pytest.mark.parametrize("link", [None, 5, 1.5, True, [], ["/x"], {}, {"href": "/x"}, b"/x"])
def test_links_that_are_no_strings(link):
    """A link that is no string is a malformed page; the text names its type, not its value."""
    with pytest.raises(MalformedPage) as caught:
        resolve_link(BASE, link)
    assert "/x" not in str(caught.value)


@UNHURRIED
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    | st.text("/?#:.[]@a", max_size=20)
)
def test_any_link(link):
    """Any string leads somewhere or is refused as unsafe."""
    try:
        url = resolve_link(BASE, link)
    except PaginationError:
        return
    assert isinstance(url, str)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/x?page=2", "/x?page=2"),
        ("/caf\xc3\xa9", "/café"),
        ("/caf\xe9", "/café"),
        ("/\xe2\x98\x83", "/\u2603"),
        ("/\u2603", "/\u2603"),
    ],
    ids=ascii,
)
def test_text_of_headers(value, expected):
    """UTF-8 that was read as Latin-1 is read again, and anything else is left as it is."""
    assert expected == decode_header(value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/x", True), ("?a=b", True), ("x/y", True), ("", True), ("x?u=https://a.test", True),
        ("https://api.test", False), ("//api.test/x", False), ("HTTP://api.test", False),
        ("javascript:x", False), ("http+unix://sock/x", False),
    ],
)  # fmt: skip
def test_relative_urls(url, expected):
    """A relative URL names no host."""
    assert expected is is_relative(url)


@pytest.mark.parametrize(
    ("path", "link", "expected"),
    [
        ("/restapi/v2/rows", "/rows?start=2", "/restapi/v2/rows?start=2"),
        ("/restapi/v2/rows?a=/x", "/v2/rows?start=2", "/restapi/v2/rows?start=2"),
        ("/restapi/rows/", "/rows?start=2", "/restapi/rows?start=2"),
        ("/restapi/rows", "/rows/?start=2", "/restapi/rows/?start=2"),
        ("/restapi/rows", "/rows", "/restapi/rows"),
        # a link that is whole, or of something else
        ("/v2/rows", "/v2/rows?start=2", "/v2/rows?start=2"),
        ("/v2/rows", "/others?start=2", "/others?start=2"),
        ("/v2/arrows", "/rows?start=2", "/rows?start=2"),
        ("/v2/rows", "/api/v2/rows?start=2", "/api/v2/rows?start=2"),
        ("/v2/rows", "/?start=2", "/?start=2"),
        ("/", "/?start=2", "/?start=2"),
        ("/v2/rows", "//rows", "//rows"),
        ("/v2//rows", "//rows?start=2", "//rows?start=2"),  # another host, not a path
        ("/v2/rows", "?start=2", "?start=2"),
        ("/v2/rows", "rows?start=2", "/v2/rows?start=2"),
        ("/v2/rows", f"{URL}/rows", f"{URL}/rows"),
        *(("/v2/rows", wrong, wrong) for wrong in ("", None, 5, {"href": "/rows"})),
    ],
)
def test_links_below_the_api_s_root(path, link, expected):
    """A path that the page's own ends with goes on there; any other link is left as it is."""
    assert expected == rebase_link(URL + path, link)


@pytest.mark.parametrize(
    ("url", "link", "expected"),
    [
        # from the root of the service, with or without dots
        ("/odata/Parts", "Parts?$skip=2", "/odata/Parts?$skip=2"),
        ("/odata/Parts/", "Parts?$skip=2", "/odata/Parts?$skip=2"),
        ("/odata/Parts", "./Parts?$skip=2", "/odata/Parts?$skip=2"),
        ("/odata/Parts", "../Parts?$skip=2", "/odata/Parts?$skip=2"),
        ("/odata/Parts/all", "../Parts?$skip=2", "/odata/Parts?$skip=2"),
        ("/odata/Parts", "Parts()?$skip=2", "/odata/Parts()?$skip=2"),
        ("/odata/Parts", "odata/Parts?$skip=2", "/odata/Parts?$skip=2"),
        ("/o/Cars(1)/Parts", "Cars(1)/Parts?$skip=2", "/o/Cars(1)/Parts?$skip=2"),
        ("/o/Cars(1)/Parts", "Parts?$skip=2", "/o/Cars(1)/Parts?$skip=2"),
        ("/o/Cars(%27a%20b%27)/Parts", "Cars('a b')/Parts?x", "/o/Cars('a%20b')/Parts?x"),
        ("/o/Parts?$top=2", "Other?$skip=2", "/o/Other?$skip=2"),
        ("/o/a%2Fb", "b?x=1", "/o/b?x=1"),  # %2F is no slash
        # from the path in a query
        (
            "/i.php?/v2/cases/1&limit=2",
            "/v2/cases/1&limit=2&offset=2",
            "/i.php?/v2/cases/1&limit=2&offset=2",
        ),
        ("/i.php?/v2/cases/1", "v2/cases/1&offset=2", "/i.php?/v2/cases/1&offset=2"),
        ("/i.php?/v2/cases/1", "/v2/cases/1?offset=2", "/i.php?/v2/cases/1&offset=2"),
        ("/i.php?r=%2Fv2%2Fcases&a=b", "/v2/cases?offset=2", "/i.php?r=%2Fv2%2Fcases&offset=2"),
        ("/i.php?/v2/cases/1", "/v2/cases/2&offset=2", "/v2/cases/2&offset=2"),
        ("/i.php?/v2/cases/1", "i.php?/v2/cases/1&offset=2", "/i.php?/v2/cases/1&offset=2"),
        ("/i.php?/v2/cases/1", "?/v2/cases/1&offset=2", "/i.php?/v2/cases/1&offset=2"),
        ("/rows?/", "/?offset=2", "/?offset=2"),
        ("/rows?back=/others", "/v1?offset=2", "/v1?offset=2"),
    ],
)
def test_relative_links_of_a_service(url, link, expected):
    """A relative link leads to the page's own path where that ends with it, else as in RFC 3986."""
    assert URL + expected == resolve_link(URL + url, rebase_link(URL + url, link))


@pytest.mark.parametrize(
    "rest",
    [
        "/a b?c=d e",
        '/?q={"a": "b"}',
        "/<x>?y=|",
        "/ü ß?q=ä",
        "/x y?a=%20 b",
        "?a b",
        "/?a=b+c d#e f",
    ],
)
def test_a_link_is_sent_as_requests_quotes_it(rest):
    """Nothing but spaces is quoted here, and requests sends the same as for the raw link."""
    link = f"https://b.test{rest}"
    sent = [requests.Request("GET", url).prepare().url for url in (link, resolve_link(BASE, link))]
    assert sent[0] == sent[1]


@pytest.mark.parametrize(
    "rest",
    [
        "/a?discount=30% or more",
        '/a?$filter={"rate": "5%"} and x',
        "/100% wool/b?c=d e",
        "/a b?like=%&c=d e",
        "/a b?like=x%&c=%20d e",
        "/5% off/b?c=%41 d",
        "/a b?c=100% sure?d=%20",
        "/%zz a?b=%41",
        "?a b=%4",
        "/a b?c=d#50% e",
        "/a b?c=%41#50% e",
        "/a b?c=%C3%BC d",
        "/a%20b c?d=%25 e",
    ],
)
def test_a_link_with_spaces_and_percents_is_quoted_once(rest):
    """Beside a bare percent sign requests quotes every other one, but not twice for our spaces."""
    link = f"https://b.test{rest}".partition("#")[0]
    expected = requests.Request("GET", link).prepare().url
    for written in (f"https://b.test{rest}", rest):
        sent = requests.Request("GET", resolve_link("https://b.test", written)).prepare().url
        assert expected.replace("/?", "?") == sent.partition("#")[0].replace("/?", "?")
