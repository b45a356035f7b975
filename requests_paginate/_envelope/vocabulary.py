"""The names that APIs use for pagination, in lower case without punctuation.

In a `Vocabulary` order matters: the first name that is found counts. Patterns are texts, and `re`
compiles them when they are first used, because a listing with a given strategy needs few of them.
"""

from __future__ import annotations

import re
from collections.abc import KeysView, Mapping
from functools import lru_cache

from requests_paginate._paths import normalize_name as normalize_name  # noqa: PLC0414 - read here

# Words in their order; to compare them with a page's names takes as long as the fewer of both.
Vocabulary = KeysView[str]


def _split_words(text: str) -> Vocabulary:
    return dict.fromkeys(text.split()).keys()


# Objects that hold pagination beside the rows, or wrap both. Detection looks into them.
_CONTAINERS = (
    r".*(?:pag(?:e|ing|in)|meta|links?|cursor|info|result|response|summary|range|scroll).*"
    r"|additionaldata|attr|attributes|context|d|data|hits|list|listing|message|next|parametros|pg"
    r"|query|payload|view"
)
# Objects that may hold the number of all rows: made of these words alone, or of one for pages. A
# `server_info`, a `page_views` and a `response_time` count other things.
_COUNTERS = (
    r"(?:(?:collection|count(?:er)?|cursor|data|header|hit|info|item|list|meta|odata|pager?|pagy"
    r"|query|range|record|response|result|row|scroll|search|set|summary|total)s?)+"
    r"|.*(?:paging|pagina|pageinfo).*"
    r"|additionaldata|attr|attributes|context|d|links?|listing|next|parametros|payload|pg|view"
)
# What objects that count other things are called: `usage.total`, `account_info.count`.
_COUNTING_OTHERS = (
    r"account|balance|bill|budget|cost|credit|customer|date|limit|organi[sz]ation|owner|payment"
    r"|plan|pric|quota|rate|shard|spen[dt]|tax|usage|user|volume|wallet"
)
# Objects that hold one position parameter among their fields: `page[number]`, `pg[offset]`.
FAMILIES = frozenset("options page pager paging pagination params pg searchcriteria".split())
# Flags, if the value is true or false: the `last_page` of Laravel is a number.
MORE = (
    r"(?:(?:any|are|contains?|expects?|has|have|includes?|is|might|needs?|still|there)*(?:additional|more|next)"
    r"|(?:are|has|have|is|there)+(?:another|further|older|subsequent)|furtherresults"
    r"|older(?=available|exist))(?:batch|chunk|data|entries|items|pages?|records|results|rows|set|slice|todo)?"
    r"(?:available|coming|exists?|incollection|left|pending|present|remain(?:ing)?|tocome)?"
    r"|(?:can)?(?:fetch|load)more|exceededtransferlimit|(?:is|has)(?:results?|list|response)?truncated|resultstruncated"
)
LAST = (
    r"(?:is|has|reached)?(?:the)?(?:last|end|final)(?:page|batch|reached)?|(?:is)?atend|eof|(?:is)?(?:at)?endof(?:data|file|items|list|pages?|records|results|rows|stream)|ultimapagina"
    r"|no(?:additional|more)(?:data|entries|items|pages|records|results|rows)?"
)
# A flag with a noun: the `HasMoreShards` of Kinesis, `moreUsersAvailable`, `noMoreUsers`.
_MORE_OF = (
    r"(?:(?:is|has|have|are|there|might)+(?:additional|more|next)|no(?:additional|more))(?P<noun>\w+?)"
    r"(?:available|exists?|left|present|remain(?:ing)?)?"
    r"|(?:additional|more|next)(?P<ending_noun>\w+?)(?:available|exists?|left|present|remain(?:ing)?)"
)
# Of such flags, those that are about other things than rows, or say that none follow.
_NOT_OF_ROWS = (
    r"no.*|.*next.*|.*(?:additional|more)(?:action|choice|column|detail|field|help|info|menu|of|option|setting|step|text|than).*"
)  # fmt: skip
# These may be about something else (`status.done`), so they do not count against a link or token.
FINISHED = (
    r"(?:is)?(?:complete|completed|done|exhausted|finished)|paginationcomplete|fetchedall|all(?:fetched|loaded|retrieved|returned)"
)  # fmt: skip
NEXT_LINKS = _split_words(
    """next nexturl nextlink odatanextlink nextpage nextpageurl nextpageuri nextpagelink
    nexthref nexturi nextrecordsurl nextcursor moretopicsurl olderurl volgende"""
)
# What names the URL in a link object: HAL's `href`, Travis' `@href`, FHIR's `url`.
LINK_TARGETS = ("href", "url", "uri", "link")
TOKENS = _split_words(
    """nextcursor nextcursortoken nextpagetoken nexttoken nextpagekey nextoffset nextmarker
    nextstartingafter nextpagestart nextpagestartid nextstart nextid next nextpage
    endcursor bookmark aftercursor continuation continuationtoken continue scrollid
    scrollparam cursornext cursornextpage cursor startingafter after offset pagetoken
    continuationkey paginationkey paginationtoken resumptiontoken curseursuivant"""
)
# These are tokens only if something else says that more rows follow.
WEAK_TOKENS = _split_words("token skiptoken")
# The prefix of response headers such as `X-WP-TotalPages` and `X-Pagination-Page-Count`.
HEADER_PREFIX = r"(?i)(?:x-)?(?:(?:ms|pagination|paging|wp)-)?"
# Headers with a token have the provider's name before it, as in `X-Nomad-NextToken`.
HEADER_TOKENS = (
    r"(?i)(?!.*(?:limit|rate|reset|retry)|(?:.*-)?(?:has|is|are|more|no)-)(?:[a-z]+-)*?"
    r"(?P<name>next-?(?:page-?token|page|token|cursor|marker)|cursor-?next(?:-?page)?"
    r"|after(?:-?cursor)?|continuation-?token)"
)
# Headers with a flag have the provider's name before it, too: `X-Acme-Has-More`, `X-Is-Last-Page`.
HEADER_FLAGS = (
    r"(?i)(?!.*(?:limit|rate|reset|retry))(?:[a-z]+-)*?"
    r"(?P<name>(?:has|is|are|there-are|no)-?(?:additional|end|final|last|more|next).*|more(?:-.*)?)"
)
# Response headers that hold an object in JSON, as in the examples of ASP.NET.
HEADER_OBJECTS = r"(?i)(?:x-)?pag(?:e|ing|ination)(?:-\w+)?"
# Continuations that are named neither after "next" nor as a flag, nor as the last key.
CONTINUATIONS = frozenset(
    """continuationkey continuationtoken continue moreresultsurl moretopicsurl
    olderurl pagetoken paginationkey paginationtoken resumptiontoken volgende""".split()
)
# These are for a later synchronisation, not for the next page.
SYNCHRONISATION = frozenset("nextsynctoken nextdeltalink nextdeltatoken".split())
# `nextForwardToken` leads to the next page, `next_billing_date` does not.
_NEXT = (
    r".*next(?:page)?(?:token|cursor|marker|link|url|uri|href)|"
    r"next(?:.*(?:token|cursor(?:mark)?|marker|page|link|url|uri|href|offset|key|id|records|start"
    r"|batch|index|name|position|row))?"
    r"|.*odatanextlink"  # of a nested collection: Orders@odata.nextLink
)
_ONWARD = "additional|another|exceeded|further|more|next|older|subsequent|truncated"
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
_LAST_KEY = (
    r"last(?:evaluated(?!at$|on$|date|time)\w+"
    r"|(?:examined|processed|returned|scanned)\w*(?:arn|id|item|key|marker|name|position|token))"
)


@lru_cache(maxsize=4096)
def is_container(name: str) -> bool:
    """Return whether an object of this name may hold pagination, or pagination and rows."""
    return re.fullmatch(_CONTAINERS, name) is not None


@lru_cache(maxsize=4096)
def may_count_rows(name: str) -> bool:
    """Return whether an object of this name may hold the number of all rows."""
    return re.fullmatch(_COUNTERS, name) is not None and not counts_others(name)


def counts_others(name: str) -> bool:
    """Return whether an object of this name counts other things than rows."""
    return re.search(_COUNTING_OTHERS, name) is not None


def is_more_flag(name: str) -> bool:
    """Return whether a name is that of a flag that says that more rows follow."""
    return re.fullmatch(MORE, name) is not None or (
        find_noun_of_more(name) != "" and not re.fullmatch(_NOT_OF_ROWS, name)
    )


def is_flag(name: str) -> bool:
    """Return whether a name is that of a flag that says whether more rows follow."""
    return is_more_flag(name) or re.fullmatch(LAST, name) is not None


@lru_cache(maxsize=4096)
def find_noun_of_more(name: str) -> str:
    """Return of what a flag says that more follow, such as `shards`; "" if it names nothing."""
    match = re.fullmatch(_MORE_OF, name)
    return (match["noun"] or match["ending_noun"]) if match is not None else ""


def is_last_key(name: str) -> bool:
    """Return whether a name is that of the last row's key, after which the next page starts."""
    return name.startswith("last") and re.fullmatch(_LAST_KEY, name) is not None


@lru_cache(maxsize=4096)
def is_continuation(name: str) -> bool:
    """Return whether a value of this name says that more rows follow, or how to get them."""
    if name in SYNCHRONISATION:
        return False
    if not re.search(_ONWARD, name):  # true of most names, and a quick answer
        return name in CONTINUATIONS or is_last_key(name)
    return name in CONTINUATIONS or is_more_flag(name) or re.fullmatch(_NEXT, name) is not None


# Tokens whose name in the request is not their name in the response without "next".
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
# Objects of parameters: the `continue` of MediaWiki, and `next: {page: 2, limit: 10}`.
NEXT_PARAMETERS = _split_words("continue next nextpage nextparams nextquery")
TOTAL_PAGES = _split_words(
    """totalpages numpages pagecount pagetotal totalpage totalpagecount lastpage nbpages
    numberofpages pagescount pagestotal maxpage maxpages npages pages
    quantidadedepaginas totaldepaginas totalpaginas numerodepaginas numeropaginas"""
)
NUMBERS = _split_words(
    """page currentpage currentpagenumber pagenumber pageno pagenum pageindex number current
    paginaatual pagina startpage pn p"""
)
# Numbers that can only be that of a page.
PLAIN_NUMBERS = _split_words("page currentpage pagenumber pageindex pageno paginaatual")
ZERO_BASED = frozenset("number paginaatual nbpages".split())
TOTALS = _split_words(
    """total totalcount totalitems totalresults totalrecords
    totalelements totalsize totalrows totalhits totalitemcount totalentries totalnumber totalmatches
    totaldocs totalnum recordstotal numfound totalresult odatacount nbhits fullresultsize
    quantidadetotaldeitens totaldeitens totalderegistros totalelementos totalregistros totaal
    found"""
)
# Rows that a filter leaves, beside the number of those before it: the `filter_count` of Directus
# (https://docs.directus.io/reference/query.html#metadata), the `recordsFiltered` of DataTables.
_FILTERED = (
    r"(?!.*(?:un|non|not)(?:filter|match))(?!.*out)(?=.*(?:filter|filtered|matched|matching)(?!s))"
    r".*(?:count|entries|hits|items|num|records|results|rows|size|total).*|itotaldisplayrecords"
)
# These count all rows in some APIs, and the rows of the page in others.
COUNTS = _split_words(
    """count resultcount resultscount numresults numberofresults numberofitems recordcount itemcount
    itemscount rowcount hitcount nitems totalreturned"""
)
OFFSETS = _split_words(
    """offset skip start startat startindex startposition firstresult startrow startrecord from
    resultoffset retstart sysparmoffset skipcount inicio debut"""
)
PAGE_PARAMS = _split_words(
    """page pagenumber pageno pagenum pageindex currentpage pagecurrent paginaatual pagina
    startpage pn p"""
)
SIZES = frozenset(
    """cantidad count display first hitsperpage idisplaylength itemsperpage itensporpagina length
    limit limite max maxcount maxitems maxresults maxresultcount nombre num pagelimit pagesize per
    perpage ps registrosporpagina resultsperpage resultrecordcount rowlimit rows rowsperpage rpp
    size sysparmlimit take top""".split()
)
# What else may be a page size: a page of that length is perhaps not the whole listing.
SIZE = r"batch|display|length|limit|max|perpage|rpp|size|tamanho"
# Page sizes in a response; `count` and `size` are not among them, as they often are its length.
ECHOED_SIZES = _split_words(
    "perpage pagesize limit itemsperpage maxresults pagelimit resultsperpage hitsperpage"
)
POSITIONS = frozenset(
    (*OFFSETS, *PAGE_PARAMS, "cursor", "after", "before", "startingafter", "endingbefore",
     "pagetoken", "nextpagetoken", "skiptoken", "scrollid", "pageinfo", "sinceid", "maxid",
      "pagecursor", "continuation", "marker")
)  # fmt: skip


# What no detector reads, although it says that more rows follow: such a page is not the whole
# listing. Each pattern begins with what it must not match: other tokens, and what else is counted.
_SUSPICIOUS_ONWARD = (
    r"(?!.*(?:access|api|auth|bearer|credit|csrf|limit|prev|quota|rate|refresh|request(?=token)|reset|retry|secur"
    r"|self|session|sync|verif|xsrf))"
    r"(?:.+(?:anchor|iterator|locator|token)|.*(?:bookmark|continuation|cursor|marker)"
    r"|.*(?:cursor(?:id|mark)|continu(?:ation|e)\w+|pag(?:e|ing)(?:key|state)|(?:after|cursor|end|seek|start)key|pitid"
    r"|remaining|resume\w*|scrollid|searchafter|truncated|next(?:item|pos|range|search)\w*)"
    r"|last(?:\w*keys?|eval(?:uated)?(?!at$|on$|date|time|uat)\w*"
    r"|(?:page|read|returned|scanned|seen|sent|sort)?(?:doc|document|entry|item|position|record|row|sort|visible)))"
)
_SUSPICIOUS_COUNT = (
    r"(?!.*(?:age$|amount|balance|bytes|calls|cents|code|comments|cost|credit|discount|distance"
    r"|due|duration|followers|likes|scanned|limit|max|minutes|paid|price|quota|rate|retry|revenue"
    r"|score|seconds|shard|size|tax|time|unfiltered|unmatched|usage|value|views|votes|weight|year))"
    r".*(?:num(?:ber)?(?:of)?(?:docs|documents|entries|items|objects|rows)|anzahl|available|cantidad|count|found|gesamt|hits|inlinecount|matche[ds]|nombre|overall"
    r"|pages|paginas|quantidade|records|results|seiten|totaal|total)(?!id|ity).*"
)
_ACCOUNT = r"ac+count|country|discount|encounter|founded|foundation|found$"


def is_suspicious_token(name: str) -> bool:
    """Return whether a value of this name may be a continuation that no detector reads."""
    return re.fullmatch(_SUSPICIOUS_ONWARD, name) is not None


def is_suspicious_count(name: str) -> bool:
    """Return whether a number of this name may count all rows or pages."""
    return re.fullmatch(_SUSPICIOUS_COUNT, re.sub(_ACCOUNT, "", name)) is not None


@lru_cache(maxsize=4096)
def is_filtered_count(name: str) -> bool:
    """Return whether a name is that of the number of rows that a filter leaves."""
    return re.fullmatch(_FILTERED, name) is not None


def is_row_count(name: str) -> bool:
    """Return whether a name is that of a number of rows."""
    return name in TOTALS or name in COUNTS or is_filtered_count(name)


def is_pagination_metadata(name: str) -> bool:
    """Return whether a name is one of those that stand beside the rows of a page."""
    is_position = name in TOTAL_PAGES or name in ECHOED_SIZES or name == "offset"
    return is_position or is_row_count(name) or is_continuation(name)


# What identifies an object. Beside one of these, a word such as `status: failed` is data.
IDENTITIES = frozenset({"id", "uuid", "guid", "gid", "sid", "uid", "urn", "sysid"})
