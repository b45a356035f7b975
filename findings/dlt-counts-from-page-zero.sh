#!/usr/bin/env bash
# dlt 1.31.0, RESTClient without a paginator: an API whose pages are numbered from 1, with `total_pages`.
#
# Expected: the first answer says `"page": 1` and `"total_pages": 3`, so the pages 1, 2 and 3 are read.
# Happens: the detected PageNumberPaginator counts from 0. The first request names no page and gets page 1; the next one
#   asks for page 1 again, then comes page 2, and page 3 is never asked for. A log line advises to verify the paginator.
# Seen:
#   GET /items
#   GET /items?page=1
#   GET /items?page=2
#   300 rows, 200 of them different, of 250
# Why it matters: the number of rows is larger than the truth, so nothing looks lost. Whoever moves such a pipeline should
#   compare ids and not counts, and give PageNumberPaginator(base_page=1) where the pages begin with 1.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check dlt==1.31.0 requests==2.34.2
cat >"$work/list.py" <<'EOF'
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

from dlt.sources.helpers.rest_client import RESTClient

ROWS = [{"id": number} for number in range(1, 251)]


class Items(BaseHTTPRequestHandler):
    """250 rows on three pages, which are numbered from 1; a lower number is taken for 1."""

    def do_GET(self):
        print(f"GET {self.path}")
        page = max(1, int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0]))
        rows = ROWS[(page - 1) * 100 : page * 100]
        body = {"page": page, "per_page": 100, "total": 250, "total_pages": 3, "data": rows}
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


logging.disable(logging.CRITICAL)  # the advice to verify the paginator, on stderr
server = HTTPServer(("127.0.0.1", 0), Items)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = RESTClient(f"http://127.0.0.1:{server.server_port}")
ids = [row["id"] for page in client.paginate("/items") for row in page]
server.shutdown()
print(f"{len(ids)} rows, {len(set(ids))} of them different, of {len(ROWS)}")
EOF
RUNTIME__DLTHUB_TELEMETRY=false "$work/venv/bin/python" "$work/list.py" >"$work/seen"
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
