#!/usr/bin/env bash
# requests-cache 1.3.3 and requests-ratelimiter 0.10.0 (requests 2.34.2): what becomes of the options of a session class
# that one of their mixins stands before.
#
# Expected: class Cached(CacheMixin, MySession) passes on to MySession what it does not need itself, as cooperating
#   classes do; or it refuses an option that nobody takes.
# Happens: both mixins pass on only those options whose names stand in the signature of the next class. Options that it
#   takes as **options are dropped without a word, and so is any misspelled one.
# Seen:
#   MySession: base_url='https://api.example', retires=3
#   CacheMixin before it: nothing
#   LimiterMixin before it: nothing
#   CacheMixin before one that names base_url: base_url='https://api.example'
# Why it matters: a base URL, a key or a lowest TLS version that was passed is not there, and the session works with its
#   defaults. A session class that is to stand behind such mixins must name each of its options.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    requests-cache==1.3.3 requests-ratelimiter==0.10.0 requests==2.34.2
cat >"$work/options.py" <<'EOF'
import requests
from requests_cache import CacheMixin
from requests_ratelimiter import LimiterMixin


class MySession(requests.Session):
    def __init__(self, **options):
        super().__init__()
        self.options = options


class Naming(requests.Session):
    def __init__(self, base_url=None, **options):
        super().__init__()
        self.options = {"base_url": base_url, **options}


def show(label, kind, **own):
    session = kind(base_url="https://api.example", retires=3, **own)
    shown = ", ".join(f"{name}={value!r}" for name, value in session.options.items())
    print(f"{label}: {shown or 'nothing'}")


show("MySession", MySession)
show("CacheMixin before it", type("Cached", (CacheMixin, MySession), {}), backend="memory")
show("LimiterMixin before it", type("Limited", (LimiterMixin, MySession), {}), per_second=5)
named = type("Named", (CacheMixin, Naming), {})
show("CacheMixin before one that names base_url", named, backend="memory")
EOF
"$work/venv/bin/python" "$work/options.py" | tee "$work/seen"
cat >"$work/expected" <<'EOF'
MySession: base_url='https://api.example', retires=3
CacheMixin before it: nothing
LimiterMixin before it: nothing
CacheMixin before one that names base_url: base_url='https://api.example'
EOF
cmp "$work/seen" "$work/expected"
