"""Every script on the pages of docs/ and in the README is one that the checker accepts, and does what it says.

A block of a page without a route is what the blocks after it begin with. The pages of docs/reference/ are made of
docstrings and examples, which have tests of their own.
"""

from __future__ import annotations

import io
import re
import sys
import textwrap
import unittest
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

import sipapp.modules
from sipapp.assemble import assemble_text
from sipapp.cli import main
from sipapp.testing.harness import Harness
from tests.docs.runner import directives, mistakes

TOP = Path(__file__).resolve().parents[2]
PAGES = [TOP / "README.md", TOP / "CONTRIBUTING.md", *sorted((TOP / "docs").glob("*.md"))]
_BLOCKS = re.compile(r"^```kamailio\n(.*?)^```", re.DOTALL | re.MULTILINE).finditer
_PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE).findall
_MODULE = re.compile(r'^@module\("(\w+)"', re.MULTILINE).search
_INDENTED = re.compile(r"(?:^    .*\n)+", re.MULTILINE).findall
_LISTEN = re.compile(r"(?m)^listen *=.*$")


def snippets(page: Path) -> list[tuple[int, str]]:
    """(line, script) of each block."""
    text = page.read_text(encoding="utf-8")
    head, found = "", []
    for block in _BLOCKS(text):
        script = _LISTEN.sub("", block[1])
        if "route" not in script:
            head = script
        else:
            found.append((text.count("\n", 0, block.start()) + 2, head + script))
    return found


class SnippetTests(SynchronousTestCase):
    """One test a page."""

    def of(self, page: Path) -> dict[int, object]:
        """Line -> what is wrong with the script there."""
        wrong: dict[int, object] = {}
        mpath = self.modules_of(page)
        for line, script in snippets(page):
            script = f'mpath="{mpath}"\n{script}' if mpath else script
            if any(directives(script)):
                wrong[line] = mistakes(script)
            else:
                wrong[line] = assemble_text(script).warnings
        return {line: found for line, found in wrong.items() if found}

    def modules_of(self, page: Path) -> Path | None:
        """A folder with the modules that the page writes, for as long as the test runs."""
        folder = Path(self.mktemp()).absolute()
        for source in _PYTHON(page.read_text(encoding="utf-8")):
            found = _MODULE(source)
            if found:
                folder.mkdir(exist_ok=True)
                (folder / f"{found[1]}.py").write_text(source, encoding="utf-8")
                self.addCleanup(sys.modules.pop, f"sipapp.modules.{found[1]}", None)
        if not folder.is_dir():
            return None
        self.patch(sipapp.modules, "__path__", list(sipapp.modules.__path__))
        return folder


class PythonTests(SynchronousTestCase):
    def test_the_test_that_testing_shows_passes(self) -> None:
        (source,) = _PYTHON((TOP / "docs" / "testing.md").read_text(encoding="utf-8"))
        names: dict[str, object] = {"__name__": "testing_page"}
        exec(compile(source, "testing.md", "exec"), names)
        case = names["NobodyTests"]
        assert isinstance(case, type)
        assert issubclass(case, unittest.TestCase)
        result = unittest.TestResult()
        unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
        self.assertEqual((result.testsRun, result.errors, result.failures), (1, [], []))

    def test_the_script_of_the_readme_does_what_is_said_below_it(self) -> None:
        ((_, script),) = snippets(TOP / "README.md")
        sip = Harness(script)
        self.addCleanup(sip.close)
        alice = sip.peer("udp:192.0.2.1:5060")
        alice.send("INVITE")
        sip.advance(0.5)
        alice.again()
        sip.advance(0.5)
        self.assertEqual(alice.received, [(0.0, 100), (0.5, 100), (0.6, 480)])
        self.assertEqual(sum("try" in line for line in sip.lines()), 3)

    def test_the_module_that_writing_modules_shows_is_the_example(self) -> None:
        (source,) = _PYTHON((TOP / "docs" / "writing-modules.md").read_text(encoding="utf-8"))
        example = TOP / "etc" / "examples" / "quota" / "sipapp_quota" / "__init__.py"
        self.assertEqual(source, example.read_text(encoding="utf-8"))

    def test_the_mistakes_that_errors_shows_are_those_that_check_finds(self) -> None:
        page = (TOP / "docs" / "errors.md").read_text(encoding="utf-8")
        script, output = _INDENTED(page)[:2]
        folder = Path(self.mktemp())
        folder.mkdir()
        (folder / "app.cfg").write_text(textwrap.dedent(script).strip("\n") + "\n", encoding="utf-8")
        errors = io.StringIO()
        self.patch(sys, "stderr", errors)
        path = str(folder / "app.cfg")
        self.assertEqual(main(["check", path]), 1)
        shown = textwrap.dedent(output).strip().split("\n")[1:]
        self.assertEqual(errors.getvalue().replace(path, "app.cfg").split("\n"), [*shown, ""])


def _test(page: Path) -> None:
    def test(self: SnippetTests) -> None:
        self.assertEqual(self.of(page), {})

    setattr(SnippetTests, f"test_the_scripts_of_{page.stem.lower().replace('-', '_')}_are_right", test)


for _page in PAGES:
    _test(_page)
