"""docs/neighbours.md, and the code in it."""

from __future__ import annotations

import re
import textwrap

from .pages import ROOT

TEXT = (ROOT / "docs" / "neighbours.md").read_text(encoding="utf-8")


def defined(name):
    """Return what the page defines by this name, after running the block of code that does."""
    blocks = re.findall(r"^ *```python\n(.*?)^ *```$", TEXT, re.DOTALL | re.MULTILINE)
    (code,) = [code for code in blocks if re.search(rf"\b(def|class) {name}\b", code)]
    namespace: dict[str, object] = {}
    exec(compile(textwrap.dedent(code), "docs/neighbours.md", "exec", dont_inherit=True), namespace)
    return namespace[name]
