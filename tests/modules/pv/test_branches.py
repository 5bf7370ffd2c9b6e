"""branches: further targets, and the static one."""

from collections.abc import Mapping

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Value
from tests.modules.pv.script import Script
from tests.modules.stage import UDP_5080


class BranchesCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.script = Script()

    def reads(self, expected: Mapping[str, Value]) -> None:
        self.assertEqual({name: self.script.read(name) for name in expected}, expected)

    def call(self, function: str) -> int:
        code: int = getattr(self.script.pv, function)(self.script.ctx)
        return code


class BranchTests(BranchesCase):
    def test_there_are_none_at_first(self) -> None:
        self.reads({"$br": None, "$bR": None, "$ds": None, "$branch(uri)": None, "$branch(count)": None})

    def test_a_branch_is_appended(self) -> None:
        for uri in (b"sip:one@x", b"sip:two@x"):
            self.script.write("$br", uri)
        self.reads(
            {
                "$br": b"sip:one@x",
                "$bR": b"sip:one@x, sip:two@x",
                "$branch(count)": 2,
                "$branch(uri)": b"sip:one@x",
                "$(branch(uri)[1])": b"sip:two@x",
                "$(branch(uri)[-1])": b"sip:two@x",
                "$(branch(uri)[2])": None,
                "$(branch(uri)[-3])": None,
            }
        )

    def test_nothing_is_no_branch(self) -> None:
        self.script.write("$br", None)
        self.script.write("$br", b"")
        self.reads({"$br": None})

    def test_a_branch_leaves_by_the_forced_socket(self) -> None:
        self.script.write("$fs", UDP_5080.text)
        self.script.write("$br", b"sip:one@x")
        self.reads({"$branch(send_socket)": UDP_5080.text})

    def test_its_parts_are_null_until_they_are_written(self) -> None:
        self.script.write("$br", b"sip:one@x")
        names = ["dst_uri", "path", "q", "Q", "send_socket", "ruid", "location_ua", "instance"]
        self.reads({f"$branch({name})": None for name in names})
        self.reads({"$branch(flags)": 0, "$branch(otcpid)": 0})

    def test_its_parts_are_written(self) -> None:
        self.script.write("$br", b"sip:one@x")
        written: dict[str, Value] = {
            "$branch(uri)": b"sip:new@x",
            "$branch(dst_uri)": b"sip:hop",
            "$branch(path)": b"<sip:path;lr>",
            "$branch(q)": 500,
            "$branch(flags)": 3,
            "$branch(send_socket)": UDP_5080.text,
        }
        for name, value in written.items():
            self.script.write(name, value)
        self.reads({**written, "$branch(Q)": 500})
        for name in ("dst_uri", "path", "q", "flags", "send_socket"):
            self.script.write(f"$branch({name})", None)
        self.reads({"$branch(dst_uri)": None, "$branch(path)": None, "$branch(q)": None, "$branch(flags)": 0})
        self.reads({"$branch(send_socket)": None, "$branch(uri)": b"sip:new@x"})

    def test_other_parts_stay(self) -> None:
        self.script.write("$br", b"sip:one@x")
        for name in ("ruid", "location_ua", "instance", "otcpid", "count"):
            self.script.write(f"$branch({name})", b"x")
        self.reads({"$branch(ruid)": None, "$branch(location_ua)": None, "$branch(count)": 1})

    def test_texts_are_no_numbers(self) -> None:
        self.script.write("$br", b"sip:one@x")
        self.script.write("$branch(q)", b"500")
        self.script.write("$branch(flags)", b"3")
        self.reads({"$branch(q)": None, "$branch(flags)": 0})

    def test_without_a_uri_it_is_gone(self) -> None:
        for uri in (b"sip:one@x", b"sip:two@x", b"sip:three@x"):
            self.script.write("$br", uri)
        self.script.write("$(branch(uri)[1])", None)
        self.script.write("$(branch(uri)[0])", b"")
        self.reads({"$bR": b"sip:three@x"})
        self.script.write("$(branch(uri)[7])", None)
        self.reads({"$bR": b"sip:three@x"})

    def test_all_targets_as_a_contact_field(self) -> None:
        self.script.write("$br", b"sip:one@x")
        self.script.write("$branch(q)", 500)
        self.reads({"$ds": b"Contact: <sip:one@x>;q=0.5", "$bR": b"<sip:one@x>;q=0.5"})
        self.script.write("$ru", b"sip:main@x")
        self.reads({"$ds": b"Contact: <sip:main@x>, <sip:one@x>;q=0.5"})

    def test_q_is_written_in_thousandths(self) -> None:
        self.script.write("$br", b"sip:one@x")
        for q, text in ((1000, b"1"), (0, b"0"), (250, b"0.25"), (1, b"0.001")):
            self.script.write("$branch(q)", q)
            self.reads({"$bR": b"<sip:one@x>;q=" + text})

    def test_there_are_no_other_parts(self) -> None:
        self.assertRaises(ConfigError, self.script.variable, "$branch(host)")
        self.assertRaises(ConfigError, self.script.variable, "$branch")


class StaticBranchTests(BranchesCase):
    def test_it_is_made_by_writing_to_it(self) -> None:
        self.reads({"$sbranch(uri)": None, "$sbranch(count)": 0})
        self.script.write("$sbranch(q)", 300)
        self.reads({"$sbranch(q)": None})
        self.script.write("$sbranch(uri)", b"sip:s@x")
        self.reads({"$sbranch(uri)": b"sip:s@x", "$sbranch(q)": 300})

    def test_it_is_appended_as_it_is_then(self) -> None:
        self.assertEqual(self.call("sbranch_append"), -1)
        self.script.write("$sbranch(uri)", b"sip:s@x")
        self.script.write("$sbranch(dst_uri)", b"sip:hop")
        self.assertEqual(self.call("sbranch_append"), 1)
        self.script.write("$sbranch(uri)", b"sip:t@x")
        self.reads({"$branch(uri)": b"sip:s@x", "$branch(dst_uri)": b"sip:hop", "$branch(count)": 1})

    def test_it_becomes_the_main_one(self) -> None:
        self.assertEqual(self.call("sbranch_set_ruri"), -1)
        for name, value in (("uri", b"sip:s@x"), ("dst_uri", b"sip:hop"), ("flags", 4), ("send_socket", UDP_5080.text)):
            self.script.write(f"$sbranch({name})", value)
        self.script.write("$bf", 1)
        self.assertEqual(self.call("sbranch_set_ruri"), 1)
        self.reads({"$ru": b"sip:s@x", "$du": b"sip:hop", "$bf": 5, "$fs": UDP_5080.text})

    def test_it_is_forgotten(self) -> None:
        for forget in (lambda: self.call("sbranch_reset"), lambda: self.script.write("$sbranch(uri)", None)):
            self.script.write("$sbranch(uri)", b"sip:s@x")
            forget()
            self.reads({"$sbranch(uri)": None})
