"""What is said where the packages of an engine are missing."""

from __future__ import annotations

import importlib
import sys

import pytest


@pytest.mark.parametrize("missing", ["{}", "pyarrow"])
@pytest.mark.parametrize("engine", ["dask", "spark"])
def test_without_its_packages_an_engine_names_its_extra(engine, missing, monkeypatch):
    """Whichever of them is missing, the error says what to install."""
    for name in [*sys.modules]:
        if name.startswith(f"requests_paginate.export.{engine}"):
            monkeypatch.delitem(sys.modules, name)
    missing = missing.format({"dask": "dask", "spark": "pyspark"}[engine])
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=rf"requests-paginate\[{engine}\]"):
        importlib.import_module(f"requests_paginate.export.{engine}")
