#!/usr/bin/env bash
# requests-cache 1.3.3 (requests 2.34.2): a parameter that is given twice, in another order.
#
# Expected: `?sort=name&sort=city` (by name, then by city) and `?sort=city&sort=name` are two requests with two answers.
#   A cache may change the order of different parameters, but not the order of the values of one.
# Happens: the cache key is made of the sorted (name, value) pairs. Within the cache's lifetime, the second listing is
#   the first listing's answer, without a request. The same goes for a JSON body that is a bare list.
#   For a list inside of a JSON object, the order counts.
# Seen:
#   ?sort=name&sort=city -> GET sort=name&sort=city, from the cache: False
#   ?sort=city&sort=name -> GET sort=name&sort=city, from the cache: True
#   ["name", "city"] -> POST ["name", "city"], from the cache: False
#   ["city", "name"] -> POST ["name", "city"], from the cache: True
#   {"sort": ["name", "city"]} -> POST {"sort": ["name", "city"]}, from the cache: False
#   {"sort": ["city", "name"]} -> POST {"sort": ["city", "name"]}, from the cache: False
# Why it matters: rows come in the order that was asked for earlier, and nothing says so. If only page one is in the
#   cache, a client that counts pages gets page one in one order and the others in another: rows are doubled and lost.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check requests-cache==1.3.3 requests==2.34.2
cat >"$work/order.py" <<'EOF'
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests_cache


class Echo(BaseHTTPRequestHandler):
    """Answers with the query or the body that it got."""

    def do_GET(self):
        self.answer("GET " + self.path.partition("?")[2])

    def do_POST(self):
        self.answer("POST " + self.rfile.read(int(self.headers["Content-Length"])).decode())

    def answer(self, text):
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


server = HTTPServer(("127.0.0.1", 0), Echo)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/rows"
session = requests_cache.CachedSession(backend="memory", allowable_methods=["GET", "POST"])
session.trust_env = False
for query in "?sort=name&sort=city", "?sort=city&sort=name":
    answer = session.get(url + query, timeout=10)
    print(f"{query} -> {answer.text}, from the cache: {answer.from_cache}")
for names in ["name", "city"], ["city", "name"]:
    answer = session.post(url, json=names, timeout=10)
    print(f"{json.dumps(names)} -> {answer.text}, from the cache: {answer.from_cache}")
for names in ["name", "city"], ["city", "name"]:
    answer = session.post(url, json={"sort": names}, timeout=10)
    print(f"{json.dumps({'sort': names})} -> {answer.text}, from the cache: {answer.from_cache}")
server.shutdown()
server.server_close()
EOF
"$work/venv/bin/python" "$work/order.py" >"$work/seen"
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
