"""Tell a single resource, an object with lists of its own, from an envelope around rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from requests_paginate._envelope import nodes, vocabulary
from requests_paginate._envelope.vocabulary import normalize_name

_IDENTITIES = frozenset({"id", "uuid", "guid", "gid", "sid", "uid", "urn", "sysid"})
# What the end of a URL may identify. `status` and `type` may stand there, too, but select rows.
_IDENTIFYING = re.compile(r".*(?:id|slug|uuid|number|code|key|sha|login|handle|sku|symbol)")


def find_identity(node: Any) -> Any:
    """Return the identity of a resource, or None for an object without one."""
    if not isinstance(node, Mapping):
        return None
    named = [value for name, value in node.items() if normalize_name(name) in _IDENTITIES]
    scalars = [v for v in named if isinstance(v, (str, int)) and not isinstance(v, bool)]
    return next((value for value in scalars if value != ""), None)


def find_requested_resource(body: Mapping[str, Any], segment: str) -> str | None:
    """Return the path of the resource that a URL identifies, or None.

    Levels below the first one with a list are not searched: in the fixtures of league 39, each row
    holds the league.
    """
    wanted = {segment, segment.partition(".")[0]} - {""}
    for level in nodes.walk_levels(body, 3, lambda name: not _is_container(name)):
        for prefix, node in level:
            named = [n for n, v in node.items() if isinstance(v, (str, int)) and str(v) in wanted]
            if any(_IDENTIFYING.fullmatch(normalize_name(name)) for name in named):
                return prefix.rstrip(".")
        if any(nodes.find_lists(node, nodes.BESIDE_ROWS) for _, node in level):
            return None
    return None


def find_only_resource(body: Mapping[str, Any]) -> str | None:
    """Return the name of the only object with an identity, if all else in the body is metadata.

    Examples are `{"ticket": {"id": 1, ...}}` of Zendesk and `{"data": {"id": 1, ...}, "meta": {}}`
    of Strapi.
    """
    objects = {str(name): value for name, value in body.items() if isinstance(value, Mapping)}
    found = [name for name, value in objects.items() if find_identity(value) is not None]
    others = [name for name in objects if name not in found]
    if len(found) != 1 or nodes.find_lists(body, nodes.BESIDE_ROWS):
        return None
    if any(not _is_container(name) or _is_envelope(objects[name]) for name in others):
        return None
    return found[0] if not others or not _is_container(found[0]) else None


def is_resource(node: Mapping[str, Any]) -> bool:
    """Return whether an object is one resource, so that the lists in it are its own.

    It has an identity, and it is no envelope: no flag, link or wrapped list stands in it.
    """
    if find_identity(node) is None or "jsonrpc" in node:
        return False
    for name, value in node.items():
        plain = normalize_name(name)
        if vocabulary.is_continuation(plain) and (value or vocabulary.is_more_flag(plain)):
            return False
        is_wrapper = plain in nodes.WRAPPERS or vocabulary.is_container(plain)
        if is_wrapper and isinstance(value, Mapping) and _is_envelope(value):
            return False
    return True


def _is_container(name: str) -> bool:
    """Return whether an object of a name holds pagination, and no rows."""
    plain = normalize_name(name)
    return plain not in nodes.WRAPPERS and vocabulary.is_container(plain)


def _is_envelope(node: Mapping[str, Any]) -> bool:
    """Return whether an object holds a list, or pagination as it stands beside rows."""
    return any(isinstance(value, list) for value in node.values()) or nodes.has_pagination(node, 2)
