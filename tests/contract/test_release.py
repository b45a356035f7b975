"""What is published agrees with itself; `make dist` builds and checks the packages."""

import re
from pathlib import Path

import pytest

from requests_paginate import __version__
from requests_paginate.testing import skip_waits

HOME = Path(__file__).parents[2]


def read(name):
    return (HOME / name).read_text(encoding="utf-8")


def test_the_version_is_the_same_everywhere():
    """The newest entry of the changelog and the citation have the version, and one date."""
    version, date = re.findall(r"^## \[(\d\S*)\] - (\S+)$", read("CHANGELOG.md"), re.MULTILINE)[0]
    cited = dict(re.findall(r'^([\w-]+): "?([^"\n]+)"?$', read("CITATION.cff"), re.MULTILINE))
    assert __version__ == version
    assert (version, date) == (cited["version"], cited["date-released"])


def test_the_readme_leads_somewhere_on_a_package_index():
    """An index has no file of ours beside it: each link is absolute, or to a heading."""
    readme = read("README.md")
    targets = re.findall(r"\]\(([^)\s]+)|(?:src|href)=\"([^\"]+)", readme)
    relative = [one or other for one, other in targets if not re.match("https:|#", one or other)]
    assert [] == relative


@pytest.mark.parametrize("path", sorted((HOME / "docs" / "issue-templates").glob("*.md")))
def test_the_examples_in_issue_templates_run(path):
    """What reporters are asked to change works before they change it."""
    for example in re.findall(
        r"^```python\n(.*?)^```$", path.read_text(), re.DOTALL | re.MULTILINE
    ):
        namespace: dict[str, object] = {}
        with skip_waits():
            exec(compile(example, path.name, "exec", dont_inherit=True), namespace)
        assert 250 == len(namespace.get("rows", range(250)))
