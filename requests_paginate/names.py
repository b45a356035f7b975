"""The names that APIs use, in lower case without punctuation: the vocabulary of detection.

Order matters where a tuple is used: the first name found counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Objects that hold pagination beside the rows, or wrap both; looked into, breadth first.
CONTAINERS = re.compile(
    r".*(?:pag(?:e|ing|in)|meta|links?|cursor|info|result|response|summary|range|scroll).*"
    r"|additionaldata|context|d|data|hits|list|listing|message|next|parametros|pg|query|payload"
)
# Objects that hold one position parameter among their fields: `page[number]`, `pg[offset]`.
FAMILIES = frozenset("options page pager paging pagination params pg".split())
# Flags. What is no true or false under such a name is no flag: Laravel's `last_page` is a number.
MORE = re.compile(
    r"(?:is|has|have|are|there|might)*(?:more|next)"
    r"(?:data|items|pages?|records|results|rows|todo)?(?:available|exists?|incollection)?"
    r"|exceededtransferlimit|(?:is|has)?(?:results?|list|response)?truncated"
)
LAST = re.compile(
    r"(?:is|has|reached)?(?:the)?(?:last|end|final|done|finished|complete)(?:page|batch|reached)?"
    r"|endof(?:file|list|records|results|stream)|isexhausted|nomore|paginationcomplete"
)
NEXT_LINKS = tuple(
    """next nexturl nextlink odatanextlink nextpage nextpageurl nextpageuri nextpagelink
    nexthref nexturi nextrecordsurl nextcursor moretopicsurl""".split()
)
TOKENS = tuple(
    """nextcursor nextcursortoken nextpagetoken nexttoken nextpagekey nextoffset nextmarker
    nextstartingafter nextpagestart nextpagestartid nextstart nextid next nextpage
    endcursor bookmark aftercursor continuation continuationtoken continue scrollid
    scrollparam cursor startingafter after offset""".split()
)
# Response headers: `X-WP-TotalPages` and `X-Pagination-Page-Count` say what a body would.
HEADER_PREFIX = re.compile(r"(?:x-)?(?:(?:ms|pagination|paging|wp)-)?", re.IGNORECASE)
# Response headers that hold an object in JSON, as ASP.NET examples do.
HEADER_OBJECTS = frozenset({"x-pagination", "pagination"})
# What leads on, and is named neither after "next" nor as a flag.
CONTINUATIONS = frozenset(
    """continue lastevaluatedkey moreresultsurl moretopicsurl pagetoken""".split()
)
# Marks for a later synchronisation, not for the next page.
SYNCHRONISATION = frozenset("nextsynctoken nextdeltalink nextdeltatoken".split())
# `nextForwardToken` leads on, `next_billing_date` does not.
_NEXT = re.compile(
    r"next(?:.*(?:token|cursor|marker|page|link|url|uri|href|offset|key|id|records|start))?"
    r"|.*odatanextlink"  # of a nested collection: Orders@odata.nextLink
)


def leads_on(name: str) -> bool:
    """Whether a value under a normalized name says that, or how, more rows follow."""
    if name in SYNCHRONISATION:
        return False
    return name in CONTINUATIONS or bool(MORE.fullmatch(name) or _NEXT.fullmatch(name))


# Where the request's name is not the response's without "next"; the rest follows that rule.
TOKEN_PARAMS: Mapping[str, tuple[str, ...]] = {
    "continuationtoken": ("continuationToken",),
    "endcursor": ("after",),
    "nextid": ("from_id", "after_id"),
    "next": ("cursor", "next"),
    "nextpage": ("page",),
    "nextpagestart": ("start",),  # Bitbucket Server
    "aftercursor": ("after",),
    "nexttoken": ("pagination_token", "nextToken", "next_token", "page_token"),
    "nextcursortoken": ("nextCursorToken",),
    "nextpagekey": ("nextPageKey",),
}
# Tokens that hold the whole query: Dynatrace answers 400 where anything stands beside it
# (https://docs.dynatrace.com/docs/dynatrace-api/basics/access-limit, "Pagination").
TOKENS_ALONE = frozenset({"nextpagekey"})
# Objects of ready parameters: MediaWiki's `continue`, and `next: {page: 2, limit: 10}`.
NEXT_PARAMETERS = ("continue", "next", "nextpage", "nextparams", "nextquery")
TOTAL_PAGES = tuple(
    """totalpages numpages pagecount pagetotal totalpage totalpagecount lastpage nbpages
    numberofpages pagescount pagestotal maxpage maxpages npages pages
    quantidadedepaginas""".split()
)
NUMBERS = tuple(
    """page currentpage currentpagenumber pagenumber pageno pagenum pageindex number current
    paginaatual""".split()
)
ZERO_BASED = frozenset("number pageindex paginaatual nbpages".split())
TOTALS = tuple(
    """total totalcount totalitems totalresults totalrecords totalelements totalsize totalrows
    totalhits totalitemcount totalentries totalnumber totalmatches totaldocs totalnum
    recordstotal recordsfiltered numfound
    odatacount nbhits fullresultsize quantidadetotaldeitens found""".split()
)
# What counts all rows in some APIs and those of the page in others.
COUNTS = tuple(
    """count resultcount resultscount numresults numberofresults recordcount itemcount
    itemscount rowcount hitcount nitems totalreturned""".split()
)
OFFSETS = tuple(
    """offset skip start startat startindex startposition firstresult from resultoffset retstart
    sysparmoffset""".split()
)
PAGE_PARAMS = tuple(
    "page pagenumber pageno pagenum pageindex currentpage pagecurrent paginaatual p".split()
)
SIZES = frozenset(
    """count first hitsperpage limit maxitems maxresults num pagelimit pagesize perpage
    resultsperpage resultrecordcount rows size sysparmlimit take top""".split()
)
POSITIONS = frozenset(
    (*OFFSETS, *PAGE_PARAMS, "cursor", "after", "before", "startingafter", "endingbefore",
     "pagetoken", "nextpagetoken", "skiptoken", "scrollid", "pageinfo", "sinceid", "maxid",
      "pagecursor", "continuation", "marker")
)  # fmt: skip
