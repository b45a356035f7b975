"""The names that APIs use, in lower case without punctuation: the vocabulary of detection.

Order matters in a `Vocabulary`: the first name found counts. Patterns are texts, compiled by `re`
with their first use: a listing whose strategy is given needs few of them.
"""

from __future__ import annotations

import re
from collections.abc import KeysView, Mapping
from functools import lru_cache

# Words in an order, compared with the names in a page in the time of the fewer of the two.
Vocabulary = KeysView[str]


def words(text: str) -> Vocabulary:
    """The words of a text."""
    return dict.fromkeys(text.split()).keys()


# Objects that hold pagination beside the rows, or wrap both; looked into, breadth first.
_CONTAINERS = (
    r".*(?:pag(?:e|ing|in)|meta|links?|cursor|info|result|response|summary|range|scroll).*"
    r"|additionaldata|attr|attributes|context|d|data|hits|list|listing|message|next|parametros|pg"
    r"|query|payload|view"
)
# Objects that hold one position parameter among their fields: `page[number]`, `pg[offset]`.
FAMILIES = frozenset("options page pager paging pagination params pg searchcriteria".split())
# Flags. What is no true or false under such a name is no flag: Laravel's `last_page` is a number.
MORE = (
    r"(?:is|has|have|are|there|might)*(?:additional|more|next)"
    r"(?:data|items|pages?|records|results|rows|todo)?(?:available|exists?|incollection)?"
    r"|exceededtransferlimit|(?:is|has)(?:results?|list|response)?truncated|resultstruncated"
)
LAST = (
    r"(?:is|has|reached)?(?:the)?(?:last|end|final)(?:page|batch|reached)?"
    r"|endof(?:file|list|records|results|stream)|nomore|ultimapagina"
)
# What may as well be said of something else (`status.done`): no word against a link or a token.
FINISHED = r"(?:is)?(?:complete|completed|done|exhausted|finished)|paginationcomplete"
NEXT_LINKS = words(
    """next nexturl nextlink odatanextlink nextpage nextpageurl nextpageuri nextpagelink
    nexthref nexturi nextrecordsurl nextcursor moretopicsurl olderurl
    volgende"""
)
TOKENS = words(
    """nextcursor nextcursortoken nextpagetoken nexttoken nextpagekey nextoffset nextmarker
    nextstartingafter nextpagestart nextpagestartid nextstart nextid next nextpage
    endcursor bookmark aftercursor continuation continuationtoken continue scrollid
    scrollparam cursornext cursornextpage cursor startingafter after offset pagetoken
    continuationkey paginationkey paginationtoken resumptiontoken curseursuivant"""
)
# A token only where something else says that more rows follow; else it may be anybody's.
WEAK_TOKENS = words("token skiptoken")
# Response headers: `X-WP-TotalPages` and `X-Pagination-Page-Count` say what a body would.
HEADER_PREFIX = r"(?i)(?:x-)?(?:(?:ms|pagination|paging|wp)-)?"
# Those that hand something over have the provider's name before it, as `X-Nomad-NextToken`.
HEADER_TOKENS = (
    r"(?i)(?!.*(?:limit|rate|reset|retry))(?:[a-z]+-)*?"
    r"(?P<name>next-?(?:page-?token|page|token|cursor|marker)|cursor-?next(?:-?page)?"
    r"|after(?:-?cursor)?|continuation-?token)"
)
# Response headers that hold an object in JSON, as ASP.NET examples do.
HEADER_OBJECTS = r"(?i)(?:x-)?pag(?:e|ing|ination)(?:-\w+)?"
# What leads on, and is named neither after "next" nor as a flag.
CONTINUATIONS = frozenset(
    """continuationkey continuationtoken continue lastevaluatedkey moreresultsurl moretopicsurl
    olderurl pagetoken paginationkey paginationtoken resumptiontoken volgende""".split()
)
# Marks for a later synchronisation, not for the next page.
SYNCHRONISATION = frozenset("nextsynctoken nextdeltalink nextdeltatoken".split())
# `nextForwardToken` leads on, `next_billing_date` does not.
_NEXT = (
    r".*next(?:page)?(?:token|cursor|marker|link|url|uri|href)|"
    r"next(?:.*(?:token|cursor(?:mark)?|marker|page|link|url|uri|href|offset|key|id|records|start"
    r"|batch|index|name|position|row))?"
    r"|.*odatanextlink"  # of a nested collection: Orders@odata.nextLink
)
_ONWARD = "additional|exceeded|more|next|truncated"


@lru_cache(maxsize=4096)
def is_container(name: str) -> bool:
    """Whether an object under a normalized name may hold pagination, or pagination and rows."""
    return re.fullmatch(_CONTAINERS, name) is not None


def is_more(name: str) -> bool:
    """Whether a normalized name is that of a flag that says that more rows follow."""
    return re.fullmatch(MORE, name) is not None


@lru_cache(maxsize=4096)
def leads_on(name: str) -> bool:
    """Whether a value under a normalized name says that, or how, more rows follow."""
    if name in SYNCHRONISATION:
        return False
    if not re.search(_ONWARD, name):  # most names are settled by one look
        return name in CONTINUATIONS
    return name in CONTINUATIONS or is_more(name) or re.fullmatch(_NEXT, name) is not None


# Where the request's name is not the response's without "next"; the rest follows that rule.
TOKEN_PARAMS: Mapping[str, tuple[str, ...]] = {
    "continuationtoken": ("continuationToken",),
    "curseursuivant": ("curseur",),
    "endcursor": ("after",),
    "nextid": ("from_id", "after_id"),
    "next": ("cursor", "next"),
    "nextcursor": ("cursor", "next_cursor", "start_cursor"),  # the last is Notion's
    "cursornext": ("cursor",),
    "cursornextpage": ("cursor",),  # Pagar.me
    "nextpage": ("page",),
    "nextpagestart": ("start",),  # Bitbucket Server
    "cursor": ("cursor", "after"),
    "aftercursor": ("after", "after_cursor"),
    "nexttoken": ("pagination_token", "nextToken", "next_token", "page_token", "pageToken"),
    "nextcursortoken": ("nextCursorToken",),
    "nextpagekey": ("nextPageKey",),
}
# Objects of ready parameters: MediaWiki's `continue`, and `next: {page: 2, limit: 10}`.
NEXT_PARAMETERS = words("continue next nextpage nextparams nextquery")
TOTAL_PAGES = words(
    """totalpages numpages pagecount pagetotal totalpage totalpagecount lastpage nbpages
    numberofpages pagescount pagestotal maxpage maxpages npages pages
    quantidadedepaginas totaldepaginas totalpaginas numerodepaginas numeropaginas"""
)
NUMBERS = words(
    """page currentpage currentpagenumber pagenumber pageno pagenum pageindex number current
    paginaatual pagina startpage pn p"""
)
# Numbers that can be of nothing else than a page.
PLAIN_NUMBERS = words("page currentpage pagenumber pageindex pageno paginaatual")
ZERO_BASED = frozenset("number paginaatual nbpages".split())
TOTALS = words(
    """recordsfiltered totalfiltered total totalcount totalitems totalresults totalrecords
    totalelements totalsize totalrows
    totalhits totalitemcount totalentries totalnumber totalmatches totaldocs totalnum
    recordstotal numfound totalresult
    odatacount nbhits fullresultsize quantidadetotaldeitens totaldeitens totalderegistros
    totalelementos totalregistros totaal found"""
)
# What counts all rows in some APIs and those of the page in others.
COUNTS = words(
    """count resultcount resultscount numresults numberofresults recordcount itemcount
    itemscount rowcount hitcount nitems totalreturned"""
)
OFFSETS = words(
    """offset skip start startat startindex startposition firstresult startrow startrecord from
    resultoffset retstart sysparmoffset skipcount inicio debut"""
)
PAGE_PARAMS = words(
    """page pagenumber pageno pagenum pageindex currentpage pagecurrent paginaatual pagina
    startpage pn p"""
)
SIZES = frozenset(
    """cantidad count display first hitsperpage itemsperpage itensporpagina limit limite max
    maxitems maxresults maxresultcount nombre num pagelimit pagesize per perpage ps
    registrosporpagina resultsperpage resultrecordcount rowlimit rows size sysparmlimit take
    top""".split()
)
# What else may be a page size; a page as long as that is perhaps not all.
SIZE = r"batch|display|length|limit|max|perpage|rpp|size|tamanho"
# Sizes that a page echoes; its `count` and `size` are as often its own length.
ECHOED_SIZES = words(
    "perpage pagesize limit itemsperpage maxresults pagelimit resultsperpage hitsperpage"
)
POSITIONS = frozenset(
    (*OFFSETS, *PAGE_PARAMS, "cursor", "after", "before", "startingafter", "endingbefore",
     "pagetoken", "nextpagetoken", "skiptoken", "scrollid", "pageinfo", "sinceid", "maxid",
      "pagecursor", "continuation", "marker")
)  # fmt: skip


# What no recogniser knows, and yet says that more follow: a page with it is not taken for all.
# Words of one language after the other, and what else is counted or called a token.
_SUSPICIOUS_ONWARD = (
    r"(?!.*(?:access|api|auth|bearer|credit|csrf|limit|prev|quota|rate|refresh|reset|retry|secur"
    r"|self|session|sync|verif|xsrf))"
    r"(?:.+(?:anchor|iterator|locator|token)|.*(?:bookmark|continuation|cursor|marker)"
    r"|.*(?:cursor(?:id|mark)|continu(?:ation|e)\w+|pag(?:e|ing)(?:key|state)|(?:start|end)key|pitid"
    r"|remaining|resume\w*|scrollid|searchafter|truncated|next(?:item|pos|range|search)\w*))"
)
_SUSPICIOUS_COUNT = (
    r"(?!.*(?:age$|amount|balance|bytes|calls|cents|code|comments|cost|credit|discount|distance"
    r"|due|duration|followers|likes|scanned|limit|max|minutes|paid|price|quota|rate|retry|revenue"
    r"|score|seconds|size|tax|time|value|views|votes|weight|year))"
    r".*(?:num(?:ber)?(?:of)?(?:docs|documents|entries|items|objects|rows)|anzahl|available|cantidad|count|found|gesamt|hits|inlinecount|matche[ds]|nombre|overall"
    r"|pages|paginas|quantidade|records|results|seiten|totaal|total)(?!id|ity).*"
)
_ACCOUNT = r"ac+count|country|discount|encounter|founded|foundation|found$"


def is_suspicious_token(name: str) -> bool:
    """Whether a value under a normalized name may lead on, in a way that nobody knows."""
    return re.fullmatch(_SUSPICIOUS_ONWARD, name) is not None


def is_suspicious_count(name: str) -> bool:
    """Whether a number under a normalized name may count all rows or pages."""
    return re.fullmatch(_SUSPICIOUS_COUNT, re.sub(_ACCOUNT, "", name)) is not None


def counts_rows(name: str) -> bool:
    """Whether a normalized name is that of a number of rows."""
    return name in TOTALS or name in COUNTS


def stands_around_rows(name: str) -> bool:
    """Whether a normalized name is of the kind that stands around rows."""
    return (
        counts_rows(name)
        or leads_on(name)
        or name in TOTAL_PAGES
        or name in ECHOED_SIZES
        or name == "offset"
    )
