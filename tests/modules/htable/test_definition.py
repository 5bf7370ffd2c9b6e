"""Tables as the script defines them."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.htable import Htable
from sipapp.modules.htable.definition import Definition
from tests.modules.stage import made


class DefinitionTests(SynchronousTestCase):
    def test_what_is_not_said_has_kamailios_default(self) -> None:
        self.assertEqual(
            Definition.parse("a=>size=4;"),
            Definition(b"a", 16, 0, True, None, "", 0, (), b",", b"*", 0, 0),
        )

    def test_every_attribute(self) -> None:
        text = (
            'ipban =>size=8;autoexpire=300;dbtable=bans;cols="ip,why,since";dbmode=1;initval=-2;updateexpire=0;'
            "dmqreplicate=1;coldelim=|;colnull=-;reloadat=60"
        )
        self.assertEqual(
            Definition.parse(text),
            Definition(b"ipban", 256, 300, False, -2, "bans", 1, (b"ip", b"why", b"since"), b"|", b"-", 1, 60),
        )

    def test_sizes_are_kept_within_kamailios_bounds(self) -> None:
        sizes = {text: Definition.parse(f"a=>size={text}").size for text in ("0", "1", "2", "14", "32")}
        self.assertEqual(sizes, {"0": 8, "1": 8, "2": 4, "14": 16384, "32": 16384})

    def test_null_columns_may_leave_nothing(self) -> None:
        self.assertEqual(Definition.parse("a=>colnull='';").colnull, b"")

    def test_mistakes_are_refused(self) -> None:
        for text, why in (
            ("a", "not name=>"),
            ("=>size=4", "not name=>"),
            ("a b=>size=4", "not name=>"),
            ("a=>", "nothing behind the name"),
            ("a=>sise=4", "no such attribute: 'sise'"),
            ("a=>size=x", "size must be a number"),
            ("a=>autoexpire=-1", "autoexpire must be a number"),
            ("a=>cols=one", "at least two columns"),
            ("a=>coldelim=ab", "must be one character"),
        ):
            self.assertIn(why, str(self.assertRaises(ConfigError, Definition.parse, text)))

    def test_the_modparam_is_named_in_the_error(self) -> None:
        why = self.assertRaises(ConfigError, made(Htable).set_parameter, "htable", "a=>sise=4")
        self.assertEqual(str(why), 'modparam("htable", "htable"): table a: no such attribute: \'sise\'')
