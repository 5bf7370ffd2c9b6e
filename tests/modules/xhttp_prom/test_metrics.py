"""sipapp.modules.xhttp_prom.metrics."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ScriptError
from sipapp.module import ConfigError
from sipapp.modules.xhttp_prom.metrics import BUCKETS, declared, tags_of


class DeclaredTests(SynchronousTestCase):
    def test_names_labels_and_buckets(self) -> None:
        made = declared("histogram", "name=h; label=method:IP ;buckets=3.1:5:6.5;")
        self.assertEqual((made.name, made.labels, made.buckets), ("h", ("method", "IP"), (3.1, 5.0, 6.5)))
        self.assertEqual(declared("histogram", "name=h").buckets, BUCKETS)
        self.assertEqual(declared("counter", "name=c;").labels, ())

    def test_mistakes(self) -> None:
        for kind, text in (
            ("counter", "label=a"),
            ("counter", "name=a-b"),
            ("counter", "name=a;buckets=1"),
            ("counter", "name=a;name=b"),
            ("gauge", "name=a;label=a:b:c:d"),
            ("histogram", "name=a;buckets=2:1"),
            ("histogram", "name=a;buckets=x"),
        ):
            self.assertRaises(ConfigError, declared, kind, text)

    def test_a_value_counts_in_every_bucket_above_it(self) -> None:
        made = declared("histogram", "name=h;buckets=1:2")
        for number in (0.5, 1.5, 9.0):
            made.observe((), number, 0.0)
        self.assertEqual((made.at((), 0.0).counts, made.at((), 0.0).value), ([1, 2, 3], 11.0))

    def test_labels_are_as_many_as_declared(self) -> None:
        self.assertRaises(ScriptError, declared("gauge", "name=g;label=a").at, (), 0.0)

    def test_what_nobody_uses_is_forgotten(self) -> None:
        made = declared("gauge", "name=g;label=a")
        made.at(("old",), 10.0)
        made.at(("new",), 20.0)
        made.forget(15.0)
        self.assertEqual(list(made.series), [("new",)])

    def test_tags(self) -> None:
        self.assertEqual(tags_of('server="a", site="b c"'), {"server": "a", "site": "b c"})
        self.assertRaises(ConfigError, tags_of, "server=a")
