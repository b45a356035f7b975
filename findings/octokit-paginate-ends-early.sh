#!/usr/bin/env bash
# @octokit/plugin-paginate-rest 16.0.0 (with @octokit/core 7.0.8): two listings that end early without an error.
#
# Expected: `octokit.paginate` gives all rows or throws. In a Link header, the order of parameters does not matter, and
#   `rel=next` is the same as `rel="next"` (RFC 8288).
# Happens: a 409 on any page counts as an empty last page. It is meant for a repository without commits, which GitHub
#   answers with 409, but it also takes a conflict on page two for the end; a 404 there is thrown. And a next link is
#   followed only if `rel="next"`, in quotes, is the first parameter. Otherwise page one is the whole listing.
# Seen:
#   rel="next": 3 of 3 rows
#   title="more"; rel="next": 1 of 3 rows
#   rel=next: 1 of 3 rows
#   page two is 404: thrown, status 404
#   page two is 409: 1 of 3 rows
# Why it matters: neither the caller nor a log can tell these listings from complete ones. It also explains a difference
#   in counts with a client that reads Link headers as written and takes a 409 for an error.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$0" "$work/self" && cd "$work"
npm install --silent --no-audit --no-fund @octokit/core@7.0.8 @octokit/plugin-paginate-rest@16.0.0 >&2
cat >list.mjs <<'EOF'
import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";

const Paginating = Octokit.plugin(paginateRest);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

// Three pages of one row each; nothing leaves this process.
function server(parameters, statusOfPageTwo = 200) {
  return async (address) => {
    const url = new URL(address);
    const page = Number(url.searchParams.get("page") ?? 1);
    const status = page === 2 ? statusOfPageTwo : 200;
    const headers = { "Content-Type": "application/json" };
    if (page < 3) headers.Link = `<${url.origin}${url.pathname}?page=${page + 1}>; ${parameters}`;
    const body = status === 200 ? [{ id: page }] : { message: "Not now" };
    return new Response(JSON.stringify(body), { status, headers });
  };
}

async function list(name, fetch) {
  const octokit = new Paginating({ baseUrl: "https://api.example", log: quiet, request: { fetch } });
  try {
    const rows = await octokit.paginate("GET /repos/owner/name/commits");
    console.log(`${name}: ${rows.length} of 3 rows`);
  } catch (error) {
    console.log(`${name}: thrown, status ${error.status}`);
  }
}

for (const parameters of ['rel="next"', 'title="more"; rel="next"', "rel=next"]) {
  await list(parameters, server(parameters));
}
for (const status of [404, 409]) await list(`page two is ${status}`, server('rel="next"', status));
EOF
node list.mjs >seen
cat seen
sed -n '/^# Seen:/,/^# Why/s/^#   //p' self | diff -u - seen
