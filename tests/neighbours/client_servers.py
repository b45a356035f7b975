"""What the clients of test_clients.py talk to: as much of each API as they read."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.loopback import http

COUNT = 57
SIZE = 5  # of a page, unless the request says otherwise
PAGES = 12
IDS = list(range(1, COUNT + 1))


def read_request(request):
    """The path, the parameters and the origin of a request, given as the server received it."""
    target = urlsplit(request.split(" ")[1])
    (host,) = [line[6:] for line in request.split("\r\n") if line.lower().startswith("host: ")]
    return target.path, dict(parse_qsl(target.query)), f"http://{host}"


def netbox(_, request):
    """NetBox: count, and links in which limit and offset are written out, or `start`.

    https://netboxlabs.com/docs/netbox/integrations/rest-api/#pagination: a limit of 0 asks for the
    largest page. With `start`, the id of the first row, there is no count.
    """
    path, sent, origin = read_request(request)
    if path == "/api/":
        return http(
            {"dcim": f"{origin}/api/dcim/", "ipam": f"{origin}/api/ipam/"}, API_Version="4.6"
        )
    size = min(int(sent.get("limit", 0)) or SIZE, SIZE)
    by_id = "start" in sent
    first = max(int(sent["start"]) - 1, 0) if by_id else int(sent.get("offset", 0))
    following = {"start": first + size + 1} if by_id else {"offset": first + size}
    query = urlencode({**sent, "limit": size, **following})
    body = {
        "count": None if by_id else COUNT,
        "next": f"{origin}{path}?{query}" if first + size < COUNT else None,
        "previous": None,
        "results": [{"id": each, "name": f"device {each}"} for each in IDS[first : first + size]],
    }
    return http(body)


def gitlab(_, request):
    """GitLab: a bare list, the Link header, and headers that count the pages and name the next.

    https://docs.gitlab.com/api/rest/#pagination: `X-Next-Page` is empty on the last page. With
    `pagination=keyset` there is only the link, in which `id_after` is written out.
    """
    path, sent, origin = read_request(request)
    size, number = int(sent.get("per_page", SIZE)), int(sent.get("page", 1))
    by_id = sent.get("pagination") == "keyset"
    first = int(sent.get("id_after", 0)) if by_id else (number - 1) * size
    pages, rows = -(-COUNT // size), IDS[first : first + size]

    def link(relation, **fields):
        return f'<{origin}{path}?{urlencode({**sent, **fields})}>; rel="{relation}"'

    has_next = first + size < COUNT
    links, headers = [], {}
    if by_id:
        links += [link("next", id_after=rows[-1])] if has_next else []
    else:
        links += [link("prev", page=number - 1)] if number > 1 else []
        links += [link("next", page=number + 1)] if has_next else []
        links += [link("first", page=1), link("last", page=pages)]
        headers = {
            "x_page": f"{number}", "x_per_page": f"{size}", "x_total": f"{COUNT}",
            "x_total_pages": f"{pages}", "x_next_page": f"{number + 1}" if has_next else "",
        }  # fmt: skip
    written = {"link": ", ".join(links)} if links else {}
    return http([{"id": each} for each in rows], **headers, **written)


def stripe(_, request):
    """Stripe: has_more, and the last id as the cursor; the first one to go backward.

    https://docs.stripe.com/api/pagination and https://docs.stripe.com/api/pagination/search, where
    `next_page` holds a token.
    """
    path, sent, _ = read_request(request)
    size = int(sent.get("limit", SIZE))
    if {"starting_after", "ending_before"} <= sent.keys():
        return http({"error": {"message": "Please pass in only one.", "type": "x"}}, 400)
    if "ending_before" in sent:
        end = int(sent["ending_before"].removeprefix("cus_")) - 1
        first = max(end - size, 0)
        more = first > 0
    else:
        position = sent.get("page") or sent.get("starting_after") or "0"
        first = int(position.removeprefix("cus_").removeprefix("page_"))
        end = first + size
        more = end < COUNT
    body = {"object": "list", "url": path, "has_more": more}
    body["data"] = [{"id": f"cus_{each}", "object": "customer"} for each in IDS[first:end]]
    if path.endswith("/search"):
        body |= {"object": "search_result", "next_page": f"page_{end}" if more else None}
    return http(body)
