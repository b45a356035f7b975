"""What a call that writes a file asks for, and what is left of it when a part is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from requests_paginate._listing.chain import ListingChain
from requests_paginate._listing.fingerprint import digest
from requests_paginate._listing.listing import Listing
from requests_paginate.export.notes import Reached

# of a listing, besides its URL and parameters, of which its checkpoint knows
_DECIDING = ("key", "items", "model", "decode", "max_items", "max_pages")
_LIMITS = {"max_items": "rows", "max_pages": "pages"}


def describe_call(listing: Listing[Any], file: str, columns: Any) -> dict[str, Any]:
    """Return what decides what is in a file, in plain values without a secret.

    A function is known by its name, and a checkpoint to begin at by a digest.
    """
    # of a chain, as it was asked for: its parts have what is left of the limits
    given = listing._parts[0] if isinstance(listing, ListingChain) else vars(listing._options)
    resume, until = given.get("resume"), given.get("until")
    return {
        "file": file,
        "columns": columns if columns is None or isinstance(columns, str) else list(columns),
        **{name: _describe(given.get(name)) for name in _DECIDING},
        "resume": None if resume is None else digest(resume),
        **({} if until is None else {"until": digest(until)}),
    }


def _describe(value: Any) -> Any:
    if value is None or isinstance(value, (str, int)):
        return value
    return getattr(value, "__qualname__", None) or type(value).__qualname__


def go_on(listing: Listing[Any], reached: Reached) -> None:
    """Have a listing hand out what is not yet in a file: what is in it counts for the limits.

    Raises:
        InvalidCheckpoint: The file is of another listing.
    """
    done, is_page_begun = listing.stats, not _is_page_done(listing)
    listing._go_to(reached.checkpoint)
    # a page that was read in part before is in the file again
    written = {"rows": reached.rows, "pages": reached.pages - is_page_begun}
    if isinstance(listing, ListingChain):
        # it counts anew from here
        written = {"rows": written["rows"] + done.items, "pages": written["pages"] + done.pages}
        listing._parts = [{**part, **_lower(part, written)} for part in listing._parts]
        listing = listing._place.part
    listing._options = replace(listing._options, **_lower(vars(listing._options), written))


def _is_page_done(listing: Listing[Any]) -> bool:
    part = listing._place.part if isinstance(listing, ListingChain) else listing
    return part._progress.is_page_done


def _lower(options: Mapping[str, Any], written: Mapping[str, int]) -> dict[str, Any]:
    limits = {name: options.get(name) for name in _LIMITS}
    return {
        name: max(0, limit - written[_LIMITS[name]])
        for name, limit in limits.items()
        if limit is not None
    }
