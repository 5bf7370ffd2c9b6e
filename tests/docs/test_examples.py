"""The examples of the reference do what their comments say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from sipapp.cli.examples import Example, read_examples
from sipapp.errors import ConfigError
from sipapp.module.loader import Loader
from tests.docs.runner import mistakes

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


class ExampleTests(SynchronousTestCase):
    """One test a file."""

    def examples(self, page: str) -> list[Example]:
        return [example for example in read_examples(EXAMPLES) if example.page == page]


class TitleTests(SynchronousTestCase):
    def test_a_page_has_no_title_twice(self) -> None:
        titles = Counter((example.page, example.anchor) for example in read_examples(EXAMPLES))
        self.assertEqual([title for title, count in titles.items() if count > 1], [])

    def test_each_file_is_called_as_a_module(self) -> None:
        modules = {"core", *Loader().factories()}
        self.assertEqual({example.page for example in read_examples(EXAMPLES)} - modules, set())


def _test(page: str) -> None:
    def test(self: ExampleTests) -> None:
        if page != "core":
            try:
                Loader().load(page)
            except ConfigError as why:  # a package is missing
                raise SkipTest(str(why)) from None
        found = {example.title: mistakes(example.text) for example in self.examples(page)}
        self.assertEqual({title: wrong for title, wrong in found.items() if wrong}, {})

    setattr(ExampleTests, f"test_the_examples_of_{page}_do_what_they_say", test)


for _page in sorted({example.page for example in read_examples(EXAMPLES)}):
    _test(_page)
