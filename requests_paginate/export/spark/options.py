"""The options of a source of Spark: which plan, and which listings of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from requests_paginate._plan import Plan
from requests_paginate.export.parts import list_params

__all__ = ["Options", "read_options"]

# Spark hands over the names of options in small letters.
_PARAM = "param."
_NAMES = ("plan", "params", "parts", "pagesperbatch")


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is read, and how.

    Attributes:
        plan: What opens the listings.
        params: The parameters of each listing, beside those of the plan.
        parts: Into how many parts each one is cut, at most.
        pages_per_batch: How many pages of each one a batch of a stream has at most.
    """

    plan: Plan
    params: Sequence[Mapping[str, Any]]
    parts: int
    pages_per_batch: int


def read_options(given: Mapping[str, str]) -> Options:
    """Return the options that were given to Spark, as it hands them over.

    Raises:
        ValueError: An option is missing, unknown or ambiguous, or has a value that it cannot have.
        ImportError: There is no such plan.
        TypeError: What is named is no plan.
    """
    for name in given:
        if name not in _NAMES and not name.startswith(_PARAM):
            raise ValueError(
                f"option {name!r}: expected plan, params, param.NAME, parts or pagesPerBatch"
            )
    if not given.get("plan"):
        raise ValueError("option 'plan': expected where a Plan is, as 'module:name', got none")
    plan = _find_plan(given["plan"])
    return Options(
        plan=plan,
        params=_read_params(given, plan),
        parts=_read_count(given, "parts", 1),
        pages_per_batch=_read_count(given, "pagesPerBatch", 8),
    )


def _find_plan(text: str) -> Plan:
    module_name, _, name = text.partition(":")
    if not module_name or not name:
        raise ValueError(f"option 'plan': expected 'module:name', got {text!r}")
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise  # it is there, and imports what is not
        raise ImportError(
            f"option 'plan': there is no module {error.name!r} where Spark runs Python; install "
            "it there, or send it with SparkSession.addArtifact or --py-files"
        ) from None
    if not hasattr(module, name):
        raise ImportError(f"option 'plan': the module {module_name!r} has no {name!r}")
    plan = getattr(module, name)
    if not isinstance(plan, Plan):
        raise TypeError(f"option 'plan': expected a Plan at {text!r}, got {type(plan).__name__}")
    return plan


def _read_count(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name.lower(), str(default))
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"option {name!r}: expected a whole number from 1 on, got {text!r}")
    return int(text)


def _read_params(given: Mapping[str, str], plan: Plan) -> Sequence[Mapping[str, Any]]:
    """Return the parameters of each listing."""
    names = [name for name in given if name.startswith(_PARAM)]
    if "params" not in given:
        found = _multiply(given, names, plan)
    elif names:
        raise ValueError(f"options 'params' and {names[0]!r}: expected one of them alone")
    else:
        found = _read_json(given["params"])
    return list_params(plan, found)


def _multiply(
    given: Mapping[str, str], names: Sequence[str], plan: Plan
) -> Sequence[Mapping[str, Any]]:
    """Return the parameters by name: a listing for each value of the one that has several."""
    spelled: dict[str, str] = {name.lower(): name for name in plan.params}
    values = {name: [value.strip() for value in given[name].split(",")] for name in names}
    for name in names:
        if "" in values[name]:
            raise ValueError(f"option {name!r}: expected values with commas between, got a gap")
    several = [name for name in names if len(values[name]) > 1]
    if len(several) > 1:
        raise ValueError(
            f"options {several[0]!r} and {several[1]!r} have several values each: expected one "
            "such option, or 'params' with the parameters of each listing as JSON"
        )

    def spell(name: str) -> str:
        return spelled.get(name.removeprefix(_PARAM), name.removeprefix(_PARAM))

    single = {spell(name): values[name][0] for name in names}
    if not several:
        return [single]
    return [{**single, spell(several[0]): value} for value in values[several[0]]]


def _read_json(text: str) -> Sequence[Mapping[str, Any]]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, list) and found and all(isinstance(each, dict) for each in found):
        return found
    raise ValueError("option 'params': expected a list of JSON with an object for each listing")
