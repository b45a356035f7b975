"""Listings of a server in memory, for strategies that are to be seen at work."""

import json
import warnings
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter

from requests_paginate import exceptions, request_all

URL = "https://api.test/rows"


class Server(BaseAdapter):
    """Answers with what a function of the query and the JSON body gives: a body, or with headers.

    It pickles if the function does.
    """

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def send(self, request, **_options):
        query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        sent = json.loads(request.body) if request.body else None
        given = self.answer(query, sent)
        body, headers = given if isinstance(given, tuple) else (given, {})
        response = requests.Response()
        response.status_code, response.url, response.request = 200, request.url, request
        response.headers.update(headers)
        response._content = json.dumps(body).encode()
        return response

    def close(self):
        """There is nothing to close."""


def make_listing(answer, url=URL, **options):
    """A listing of that server; with `json` it POSTs."""
    session = requests.Session()
    session.mount("https://", Server(answer))
    method = "POST" if "json" in options else "GET"
    return request_all(method, url, session=session, retries=0, **options)


def read_all(answer, url=URL, **options):
    """The rows, the error or None, and the texts of the warnings."""
    rows, error = [], None
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        listing = make_listing(answer, url, **options)
        try:
            for row in listing:
                rows.append(row)
        except exceptions.PaginationError as raised:
            error = raised
    return rows, error, [str(each.message) for each in told]
