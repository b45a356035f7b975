"""The names that APIs use, in lower case without punctuation: the vocabulary of detection.

Order matters where a tuple is used: the first name found counts.
"""

from __future__ import annotations

from collections.abc import Mapping

# Objects that hold pagination beside the rows, or wrap both; looked into, breadth first.
CONTAINERS = frozenset(
    """additionaldata cursors d data hits info links list message meta metadata next page
    pageable pagecontext pageinfo pages paginacao pagination paging parametros pg
    query queryresponse response responsemetadata result resultinfo""".split()
)
MORE = frozenset(
    """exceededtransferlimit hasmore hasmorepage hasmoreresults hasnext hasnextpage
    istruncated mighthavemore more moreavailable moredataavailable
    moreitemsincollection morerecords""".split()
)
LAST = frozenset("done endofstream islast islastpage last lastpage paginationcomplete".split())
NEXT_LINKS = tuple(
    """next nexturl nextlink odatanextlink nextpage nextpageurl nextpageuri nextpagelink
    nexthref nexturi nextrecordsurl nextcursor""".split()
)
TOKENS = tuple(
    """nextcursor nextcursortoken nextpagetoken nexttoken nextpagekey nextoffset nextmarker
    nextstartingafter nextpagestart nextpagestartid nextstart nextid next nextpage
    endcursor bookmark aftercursor continuation continuationtoken continue scrollid
    scrollparam cursor startingafter after offset""".split()
)
# Response headers that carry what goes into the next request, and the name it has there.
HEADER_TOKENS: Mapping[str, str] = {
    "X-Next-Page": "page",  # https://docs.gitlab.com/api/rest/#offset-based-pagination
    "X-Next-Cursor": "cursor",
    "X-MS-ContinuationToken": "continuationToken",  # Azure DevOps REST, "paging"
}
# Response headers that count all rows; Content-Range (RFC 9110 section 14.4) after its slash.
HEADER_TOTALS = ("X-Total-Count", "X-Total", "Total", "Total-Count", "Content-Range")
# What leads on in a form that detection cannot follow.
CONTINUATIONS = frozenset(
    """continue lastevaluatedkey moreresults moreresultsurl moretopicsurl pagetoken""".split()
)
# Marks for a later synchronisation, not for the next page.
SYNCHRONISATION = frozenset("nextsynctoken nextdeltalink nextdeltatoken".split())
# Where the request's name is not the response's without "next"; the rest follows that rule.
TOKEN_PARAMS: Mapping[str, tuple[str, ...]] = {
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
TOTAL_PAGES = tuple(
    """totalpages numpages pagecount pagetotal totalpage lastpage nbpages pages
    quantidadedepaginas""".split()
)
NUMBERS = tuple("page currentpage currentpagenumber pagenumber number paginaatual".split())
ZERO_BASED = frozenset("number paginaatual nbpages".split())
TOTALS = tuple(
    """total totalcount totalitems totalresults totalrecords totalelements totalsize
    totalhits totalitemcount totalentries totalnumber recordstotal numfound
    odatacount nbhits fullresultsize quantidadetotaldeitens found""".split()
)
OFFSETS = tuple(
    """offset skip start startat startindex from resultoffset retstart pgoffset
    paginationstart sysparmoffset""".split()
)
PAGE_PARAMS = tuple("page pagenumber pageno pageindex currentpage paginaatual p".split())
SIZES = frozenset(
    """count first hitsperpage limit maxitems maxresults pagelimit pagesize perpage
    resultsperpage resultrecordcount rows size take top""".split()
)
POSITIONS = frozenset(
    (*OFFSETS, *PAGE_PARAMS, "cursor", "after", "before", "startingafter", "endingbefore",
     "pagetoken", "nextpagetoken", "skiptoken", "scrollid", "pageinfo", "sinceid", "maxid",
      "pagecursor", "continuation", "marker")
)  # fmt: skip
