"""What a sandbox hears and says."""

import pickle

import pytest

from requests_paginate.sandbox import Headers, Request, json_response
from requests_paginate.sandbox.messages import with_parameter, without_parameter
from tests.unit.sandbox.dialects import BELVO, LISTINGS, PLUGGY


class TestMessages:
    def test_headers_are_found_in_any_case(self):
        """A header field is found whatever the case, and shown without its value."""
        headers = Headers([("X-Api-Key", "hidden")])
        assert "hidden" == headers["x-API-key"]
        assert ["X-Api-Key"] == list(headers)
        assert 1 == len(headers)
        assert "Headers(['X-Api-Key'])" == repr(headers)

    def test_parameters_keep_order_and_repetition(self):
        """The parsed query keeps order, repeated names and empty values; the last value wins."""
        request = Request(query="b=2&a=&b=%C3%A3+x", headers=Headers())
        assert (("b", "2"), ("a", ""), ("b", "ã x")) == request.parameters
        assert "ã x" == request.parameter("b")
        assert request.parameter("c") is None

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", "page=2"),
            ("a=1", "a=1&page=2"),
            ("page=1&a=%7e", "page=2&a=%7e"),
            ("page=1&a=1&page=9", "page=2&a=1"),
        ],
    )
    def test_a_parameter_is_set_in_its_place(self, query, expected):
        """Setting a parameter leaves the others where and how they were."""
        assert expected == with_parameter(query, "page", "2")

    def test_a_parameter_is_removed(self):
        """Removing a parameter leaves the others where and how they were."""
        assert "a=%7e&b" == without_parameter("a=%7e&page=1&b&page=2", "page")

    def test_json_is_joined_not_encoded_twice(self):
        """Bytes in a body are JSON already, as the whole of it or as a member."""
        assert b'{"a":"\xc3\xa3","b":[1]}' == json_response({"a": "ã", "b": b"[1]"}).body
        assert b"[1]" == json_response(b"[1]").body
        assert b"[1]" == json_response([1]).body

    @pytest.mark.parametrize("dialect", [PLUGGY, BELVO, *(kind(total=3) for kind in LISTINGS)])
    def test_a_dialect_pickles_and_is_a_value(self, dialect):
        """A dialect is equal to its pickled copy, also after it made its rows."""
        dialect.respond(Request(path="/items"))
        assert dialect == pickle.loads(pickle.dumps(dialect))
