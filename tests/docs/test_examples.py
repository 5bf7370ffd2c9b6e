"""The examples of the reference do what their comments say."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.cli.examples import Example, read_examples
from tests.docs.runner import mistakes

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


class ExampleTests(SynchronousTestCase):
    """One test a file."""

    def examples(self, page: str) -> list[Example]:
        return [example for example in read_examples(EXAMPLES) if example.page == page]


def _test(page: str) -> None:
    def test(self: ExampleTests) -> None:
        found = {example.title: mistakes(example.text) for example in self.examples(page)}
        self.assertEqual({title: wrong for title, wrong in found.items() if wrong}, {})

    setattr(ExampleTests, f"test_the_examples_of_{page}_do_what_they_say", test)


for _page in sorted({example.page for example in read_examples(EXAMPLES)}):
    _test(_page)
