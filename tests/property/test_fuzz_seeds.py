"""Servers of the fuzzer that were once listed wrongly in silence, or doubted without a reason.

What a seed stands for changes with the fuzzer (tests/fuzz): then these are only some seeds more,
and others can be chosen with it.
"""

from __future__ import annotations

import pytest

from tests.fuzz import verdict as verdicts
from tests.fuzz.drawn_cases import draw_case
from tests.fuzz.verdict import judge, run
from tests.fuzz.wires import connected

ONCE_WRONG = {
    "short: an honest server": (364, 466, 1474, 2336, 2513, 8409, 5022313, 5034801),
    "short: an envelope around one resource": (
        2033543,
        2036249,
        8041316,
        8051726,
        9023849,
        9036350,
        9041944,
        9086397,
    ),
    "short: a total of the page": (5005383, 8048133, 8053898, 10050950, 11004068),
    "short: no total read among links": (5005939, 5035251),
    "others: columns for rows": (5029926,),
    "short: a failure in a body with status 200": (22, 182, 1774, 1912, 3583, 5324, 7576, 8266),
    "short: a page that says that it is incomplete": (197, 393, 2411, 4063, 4619, 5917, 7161, 8061),
    "short: the resource fails for a time": (1947, 2365, 4531, 30042790),
    "repeated: the server begins again after its end": (791, 3193, 4374, 5384),
    "repeated: a page comes again": (5919, 7796, 9688),
    "repeated: the server ignores its parameter": (1509, 3535),
    "repeated: pages overlap": (3481, 7878),
    "repeated: rows move": (1219, 3543, 10614, 11034438),
    "others: a link lacks a filter": (90, 9371, 11010275, 50059121),
}
ONCE_DOUBTED = (
    121, 126, 155, 177, 286, 324, 530, 560, 572, 1098, 1175, 1336, 1711, 2236, 4613, 4669,
)  # fmt: skip


def verdict_on(seed):
    """The verdict on the listing of a seed's server, and what it is about."""
    with connected(over_sockets=False) as (wire, session):
        case = draw_case(seed, origin=wire.origin)
        wire.server = case.server
        return judge(case, run(case, session)), case.describe()


@pytest.mark.parametrize("kind", ONCE_WRONG)
def test_no_server_is_listed_wrongly_in_silence(kind):
    """Every row comes once and in order, or the listing says that it does not."""
    for seed in ONCE_WRONG[kind]:
        verdict, case = verdict_on(seed)
        assert verdicts.WRONG != verdict.name, f"{verdict}\n{case}"


@pytest.mark.parametrize("seed", ONCE_DOUBTED)
def test_an_honest_server_is_listed_without_a_doubt(seed):
    """What has nothing to do with pages says nothing about the end."""
    verdict, case = verdict_on(seed)
    assert verdicts.ALARM != verdict.name, f"{verdict}\n{case}"
