"""Content codings: whole, cut, damaged, unknown."""

from __future__ import annotations

import gzip
import random
import sys
import types
import zlib
from importlib import import_module
from io import BytesIO

import brotli
import pytest
import requests
from urllib3 import HTTPResponse

from requests_paginate._transport import codings
from requests_paginate._transport.body import read_body
from requests_paginate._transport.codings import PIECE, decode
from requests_paginate.exceptions import TransferFailed

zstd = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")

LINES = b"".join(b"%d,%d\n" % (n, random.Random(n).getrandbits(40)) for n in range(9000))
THIRDS = LINES[:40_000], LINES[40_000:80_000], LINES[80_000:]
SKIPPED = b"\x53\x2a\x4d\x18\x04\0\0\0note"  # a frame to skip, RFC 8878 section 3.1.2


def raw_deflate(content):
    packing = zlib.compressobj(wbits=-15)
    return packing.compress(content) + packing.flush()


def checked_zstd(content):
    return zstd.compress(content, options={zstd.CompressionParameter.checksum_flag: 1})


def joined(compress):
    return b"".join(map(compress, THIRDS))


WHOLE = {
    "gzip": ("gzip", gzip.compress(LINES)),
    "gzip of three members": ("gzip", joined(gzip.compress)),
    "x-gzip with empty members": ("x-gzip", gzip.compress(b"").join([b"", gzip.compress(LINES)])),
    "deflate": ("deflate", zlib.compress(LINES)),
    "deflate without a header": ("deflate", raw_deflate(LINES)),
    "deflate, stored": ("deflate", zlib.compress(LINES, 0)),
    "br": ("br", brotli.compress(LINES, quality=4)),
    "br, fast": ("br", brotli.compress(LINES, quality=0)),
    "zstd": ("zstd", zstd.compress(LINES)),
    "zstd of three frames": ("zstd", joined(checked_zstd)),
    "zstd with frames to skip": (
        "zstd", SKIPPED + joined(lambda third: zstd.compress(third) + SKIPPED),
    ),
    "gzip, br": ("gzip, br", brotli.compress(gzip.compress(LINES), quality=4)),
    "br, gzip": ("br, gzip", gzip.compress(brotli.compress(LINES, quality=4))),
    "zstd, deflate, gzip": (
        "zstd, deflate, gzip", gzip.compress(raw_deflate(zstd.compress(LINES))),
    ),
}  # fmt: skip
EVERY = pytest.mark.parametrize(("names", "encoded"), WHOLE.values(), ids=WHOLE)


def respond(content, names, status=200):
    """A response whose body is not read yet."""
    response = requests.Response()
    response.status_code = status
    response.headers["Content-Encoding"] = names
    response.raw = HTTPResponse(BytesIO(content), dict(response.headers), preload_content=False)
    return response


def read(content, names, *, status=200, tells_its_end=False):
    response = respond(content, names, status)
    return read_body(response, limit=2**24, check=lambda: None, tells_its_end=tells_its_end)


@EVERY
def test_whole_bodies(names, encoded):
    """What is whole is read, whether its end must be found or not."""
    assert LINES == read(encoded, names)
    assert LINES == read(encoded, names, tells_its_end=True)


@pytest.mark.parametrize("tenth", range(10))
@EVERY
def test_cut_bodies(names, encoded, tenth):
    """A body that was cut at any tenth of it is no page, and in JSON it is what there is."""
    cut = encoded[: len(encoded) * tenth // 10]
    with pytest.raises(TransferFailed, match="ends before its end") as caught:
        read(cut, names)
    assert caught.value.transient
    assert caught.value.response.status_code == 200
    assert LINES.startswith(read(cut, names, tells_its_end=True))


@pytest.mark.parametrize("lacking", [1, 2, 3])
@EVERY
def test_bodies_that_lack_a_few_bytes(names, encoded, lacking):
    """The last bytes are missed, too."""
    with pytest.raises(TransferFailed):
        read(encoded[:-lacking], names)


@pytest.mark.parametrize(
    ("names", "encoded"),
    [
        ("gzip", joined(gzip.compress)),
        ("zstd", joined(checked_zstd)),
        ("deflate", zlib.compress(LINES)),
        ("gzip, gzip", gzip.compress(joined(gzip.compress))),
    ],
)
@pytest.mark.parametrize("twentieth", range(20))
def test_damaged_bodies(names, encoded, twentieth):
    """Bytes that are others, in whichever member, are never rows: sums tell."""
    place = len(encoded) * twentieth // 20
    broken = encoded[:place] + bytes(b ^ 0x55 for b in encoded[place : place + 9])
    with pytest.raises(TransferFailed):
        read(broken + encoded[place + 9 :], names)


@pytest.mark.parametrize("place", [-8, -5, -4, -1])
def test_wrong_sums_of_a_later_member(place):
    """The sum and the length at the end of the last member are checked."""
    encoded = bytearray(joined(gzip.compress))
    encoded[place] ^= 1
    for tells_its_end in (True, False):
        with pytest.raises(TransferFailed, match="the gzip body is damaged"):
            read(bytes(encoded), "gzip", tells_its_end=tells_its_end)


@pytest.mark.parametrize("after", [b"\n", b"\r\n", b"\0" * 700, b" \n", b"\0\n"])
@pytest.mark.parametrize(
    ("names", "encoded"),
    [each for each in WHOLE.values() if each[0].split(", ")[-1] != "br"],
)
def test_padding_after_the_end(names, encoded, after):
    """A line's end or zeros after the last member are ignored, as by other clients."""
    assert LINES == read(encoded + after, names)


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("gzip", gzip.compress(THIRDS[0]) + b"more"),
        ("gzip", gzip.compress(THIRDS[0]) + b"\x1e\x8b" + gzip.compress(THIRDS[1])[2:]),
        ("gzip", gzip.compress(THIRDS[0]) + b"\0" + gzip.compress(THIRDS[1])),
        ("deflate", zlib.compress(THIRDS[0]) + zlib.compress(THIRDS[1])),
        ("deflate", raw_deflate(THIRDS[0]) + raw_deflate(THIRDS[1])),
        ("zstd", zstd.compress(THIRDS[0]) + b"<!-- cached -->"),
    ],
)
def test_something_else_after_the_end(name, encoded):
    """It may have been rows; only JSON tells that it has none there."""
    with pytest.raises(TransferFailed, match=f"the {name} body goes on after its end"):
        read(encoded, name)
    assert THIRDS[0] == read(encoded, name, tells_its_end=True)


@pytest.mark.parametrize("names", ["compress", "X-Compress", "lzma", "gzip, snappy", "x" * 500])
@pytest.mark.parametrize("tells_its_end", [True, False])
def test_unknown_codings(names, tells_its_end):
    """What nobody can decode is no page, and is never handed on as it came."""
    with pytest.raises(TransferFailed, match="cannot be decoded here; ask for another") as caught:
        read(LINES, names, tells_its_end=tells_its_end)
    assert not caught.value.transient
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("names", ["identity", "Identity", "none", "UTF-8", "utf8", "", ", ,"])
def test_names_that_are_no_codings(names):
    """What says nothing about the bytes changes nothing."""
    assert LINES == read(LINES, names)


@pytest.mark.parametrize(
    ("name", "package", "encoded"), [("br", "brotli", WHOLE["br"][1]),
                                     ("zstd", "backports.zstd", WHOLE["zstd"][1])]
)  # fmt: skip
def test_a_package_that_is_missing(monkeypatch, name, package, encoded):
    """The error says what to install; of a failed status nothing but the body is missing."""

    def import_nothing(module):
        raise ImportError(module)

    with monkeypatch.context() as patch:
        patch.setattr(codings, "import_module", import_nothing)
        codings._find_module.cache_clear()
        with pytest.raises(TransferFailed, match=f"install {package}, or ask for another"):
            read(encoded, name)
        assert b"" == read(encoded, name, status=404)
    codings._find_module.cache_clear()
    assert LINES == read(encoded, name)


class Lent:
    """Brotli as other versions and packages offer it."""

    def __init__(self, decompressor):
        self.decompressor = decompressor
        self.is_finished = decompressor.is_finished

    def process(self, data):
        return self.decompressor.process(data)


def test_brotli_before_it_had_a_bound(monkeypatch):
    """Versions before 1.2 are used as they are, and tell the end as well."""
    old = types.SimpleNamespace(
        Decompressor=lambda: Lent(brotli.Decompressor()), error=brotli.error
    )
    monkeypatch.setattr(codings, "_find_module", lambda _: old)
    assert LINES == read(WHOLE["br"][1], "br")
    with pytest.raises(TransferFailed, match="ends before its end"):
        read(WHOLE["br"][1][:-9], "br")
    with pytest.raises(TransferFailed, match="damaged"):
        read(b"\xff" * 99, "br")


@pytest.mark.parametrize(
    ("name", "compress"),
    [
        ("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate),
        ("br", brotli.compress), ("zstd", zstd.compress),
    ],
)  # fmt: skip
def test_pieces_are_bounded(name, compress):
    """However small a body is on the wire, what comes at once is."""
    noise = random.Random(1).randbytes(200_000)
    content = noise + b" " * 5_000_000 + noise
    pieces = list(decode(name, compress(content), needs_end=True))
    assert content == b"".join(pieces)
    assert max(map(len, pieces)) <= 2 * PIECE


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_no_body_at_all(name):
    """A page without a byte was cut; an answer that has no content was not."""
    with pytest.raises(TransferFailed, match="ends before its end"):
        read(b"", name)
    assert b"" == read(b"", name, status=204) == read(b"", "compress", status=204)
    assert b"" == read(b"", name, tells_its_end=True)


@pytest.mark.parametrize("names", ["gzip", "br", "zstd", "compress", "gzip, x"])
@pytest.mark.parametrize("status", [404, 429, 503])
def test_a_failed_status_comes_before_its_body(names, status):
    """What is wrong with an error's body does not hide the error."""
    assert b"" == read(b"no such thing", names, status=status)


def test_a_body_that_the_session_has_read_as_it_came():
    """A session leaves a coding that it does not know; the caller's decoder does not get that."""
    response = respond(LINES, "compress")
    assert LINES == response.content
    with pytest.raises(TransferFailed, match="'compress', cannot be decoded"):
        read_body(response, limit=2**24, check=lambda: None, tells_its_end=False)
