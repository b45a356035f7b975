"""The entry point."""

import importlib.abc
import subprocess
import sys

import pytest

from requests_paginate import __main__
from tests.unit.cli.invocation import SECONDS


class TestEntryPoint:
    @pytest.mark.parametrize("missing", ["click", "rich"])
    def test_without_the_extra(self, missing):
        """Without click or rich the message says what to install, and the status is 1."""
        code = f"import sys; sys.modules[{missing!r}] = None; sys.argv[1:] = ['get', '--help']; "
        code += "from requests_paginate import __main__; sys.exit(__main__.main())"
        ended = subprocess.run(
            [sys.executable, "-c", code],
            check=False,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        said = "requests-paginate: the command line needs click and rich: "
        assert (1, f"{said}pip install 'requests-paginate[cli]'\n") == (
            ended.returncode,
            ended.stderr,
        )

    @pytest.mark.parametrize(("raised", "ended"), [(KeyboardInterrupt, 130), (None, None)])
    def test_trouble_at_import(self, monkeypatch, raised, ended):
        """Ctrl-C during the imports is no traceback; a module that is missing elsewhere is one."""

        class Finder(importlib.abc.MetaPathFinder):
            def find_spec(self, name, path, target=None):
                if name == "requests_paginate._cli.commands":
                    raise raised or ModuleNotFoundError("no other", name="other")

        monkeypatch.delitem(sys.modules, "requests_paginate._cli.commands")
        monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
        if raised:
            assert ended == __main__.main()
        else:
            with pytest.raises(ModuleNotFoundError):
                __main__.main()

    def test_runs_the_commands(self, monkeypatch, capsys):
        """The entry point runs the commands under the program's name."""
        monkeypatch.setattr(sys, "argv", ["anything", "--version"])
        with pytest.raises(SystemExit) as ended:
            __main__.main()
        assert 0 == ended.value.code
        assert capsys.readouterr().out.startswith("requests-paginate, version ")

    def test_import_of_the_package(self):
        """Importing the package imports nothing of the command line."""
        names = (
            "click",
            "rich",
            "trustme",
            "requests_paginate.sandbox",
            "requests_paginate._cli.commands",
        )
        code = f"import sys, requests_paginate; sys.exit(any(n in sys.modules for n in {names}))"
        subprocess.run([sys.executable, "-c", code], check=True, timeout=SECONDS)
