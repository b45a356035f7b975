"""What the sessions of both providers refuse, and how they write what is asked for."""

from datetime import date, datetime, timedelta, timezone

import pytest
import responses

from requests_paginate.providers import BelvoSession, PluggySession


@pytest.mark.parametrize(
    "make",
    [
        lambda **options: PluggySession("a", "b", base_url="http://bank.test", **options),
        lambda **options: BelvoSession("a", "b", environment="HTTP://bank.test", **options),
    ],
)
def test_http_is_refused_where_it_is_written(make):
    """A base URL without encryption is refused at once, unless that is allowed."""
    with pytest.raises(ValueError, match="allow_http=True"):
        make()
    assert "://bank.test" in make(allow_http=True).base_url.lower()


def test_times_are_iso_8601():
    """Pluggy compares times as text, so they are written as it writes them; days as well."""
    times = {
        "createdAtFrom": datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=-3))),
        "dateFrom": date(2026, 3, 1),
    }
    with responses.RequestsMock() as mock:
        mock.post("https://api.pluggy.ai/auth", json={"apiKey": "a-key"})
        mock.get("https://api.pluggy.ai/v2/transactions", json={"results": [], "next": None})
        for params in (times, list(times.items())):
            list(PluggySession("a", "b").get_all("/v2/transactions", params))
        sent = [call.request.params for call in mock.calls if call.request.method == "GET"]
    expected = {"createdAtFrom": "2026-03-01T12:00:00-03:00", "dateFrom": "2026-03-01"}
    assert [expected, expected] == sent
