#!/usr/bin/env bash
# requests-cache 1.3.3 (requests 2.34.2): how often a response hook is called for one response.
#
# Expected: as with a requests.Session, a hook is called once for the response that came, and with the options that the
#   adapter was called with (cert, proxies, stream, timeout, verify); for a response out of the cache, perhaps once.
# Happens: for a response that is not in the cache yet the hook is called twice: first by requests, then again by the
#   CachedSession, and the second time with one option more, allow_redirects.
# Seen:
#   Session: 2 requests, 2 calls of the hook
#     cert proxies stream timeout verify
#     cert proxies stream timeout verify
#   CachedSession: 1 request, 3 calls of the hook
#     cert proxies stream timeout verify
#     allow_redirects cert proxies stream timeout verify
#     allow_redirects cert proxies stream timeout verify
# Why it matters: auth objects that answer a refusal are hooks (requests' own HTTPDigestAuth is one), and they send the
#   request again by `response.connection.send(request, **options)`. An adapter's send takes no allow_redirects, and a
#   hook that counts, or renews a key, does so twice.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check requests-cache==1.3.3 requests==2.34.2
cat >"$work/hooks.py" <<'EOF'
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests
import requests_cache


class Server(BaseHTTPRequestHandler):
    """Answers the same to everybody."""

    asked = 0

    def do_GET(self):
        Server.asked += 1
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *args):
        pass


server = HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever).start()
try:
    for session in (requests.Session(), requests_cache.CachedSession(backend="memory")):
        session.trust_env, Server.asked, calls = False, 0, []
        hooks = {"response": lambda response, **options: calls.append(sorted(options))}
        for _ in range(2):
            session.get(f"http://127.0.0.1:{server.server_port}/", hooks=hooks)
        many = "request" if Server.asked == 1 else "requests"
        print(f"{type(session).__name__}: {Server.asked} {many}, {len(calls)} calls of the hook")
        for options in calls:
            print(f"  {' '.join(options)}")
finally:
    server.shutdown()
    server.server_close()
EOF
"$work/venv/bin/python" "$work/hooks.py" | tee "$work/seen"
cat >"$work/expected" <<'EOF'
Session: 2 requests, 2 calls of the hook
  cert proxies stream timeout verify
  cert proxies stream timeout verify
CachedSession: 1 request, 3 calls of the hook
  cert proxies stream timeout verify
  allow_redirects cert proxies stream timeout verify
  allow_redirects cert proxies stream timeout verify
EOF
cmp "$work/seen" "$work/expected"
