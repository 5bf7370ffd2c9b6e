"""Every kind of mistake in a script's syntax, and exactly what is said about it.

The files in mistakes/ hold, one behind the other: `### ` and a title, a script, `---`, and the messages that it gets,
without the file's name. One mistake gives one message, however much it upsets.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import SyntaxErrors
from sipapp.script import nodes
from sipapp.script.parser import parse_text

FOLDER = Path(__file__).parent / "mistakes"


def cases() -> Iterator[tuple[str, str, list[str]]]:
    """Title, script, messages."""
    for path in sorted(FOLDER.glob("*.txt")):
        for case in path.read_text(encoding="utf-8").split("### ")[1:]:
            title, _, rest = case.partition("\n")
            script, _, messages = rest.partition("---\n")
            yield f"{path.stem}: {title}", script, messages.split("\n")[: messages.count("\n")]


def said_about(script: str) -> list[str]:
    """Wrong syntax, and what is right but cannot be meant, in the order of the script."""
    try:
        errors = parse_text(script, "app.cfg").errors
    except SyntaxErrors as found:
        partial = cast(nodes.Script, found.partial)
        errors = sorted(found.errors + partial.errors, key=lambda error: error.at or ())
    return [str(error).removeprefix("app.cfg:") for error in errors]


class MistakeTests(SynchronousTestCase):
    def test_each_mistake_gets_its_message_and_no_other(self) -> None:
        for title, script, messages in cases():
            with self.subTest(title):
                self.assertEqual(said_about(script), [m for m in messages if m])

    def test_there_is_a_message_for_each(self) -> None:
        self.assertEqual([title for title, _, messages in cases() if not any(messages)], [])

    def test_there_are_many(self) -> None:
        self.assertGreater(sum(1 for _ in cases()), 60)
