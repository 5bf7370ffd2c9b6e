"""settings: what stands outside of routes."""

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script import nodes
from sipapp.script.parser import parse_text


def settings(text: str) -> list[nodes.Setting]:
    return parse_text(text + "\n", "a.cfg").settings


def value(text: str) -> Any:
    [setting] = settings(text)
    assert isinstance(setting, nodes.CoreParam)
    return setting.value


def listens(text: str) -> list[nodes.Listen]:
    found = []
    for setting in settings(text):
        assert isinstance(setting, nodes.CoreParam)
        assert isinstance(setting.value, nodes.Listen)
        found.append(setting.value)
    return found


class ParameterTests(SynchronousTestCase):
    def test_values_are_numbers_or_bytes(self) -> None:
        texts = (
            "children=4",
            "fork=no",
            "debug=-3",
            'log_name="a" "b"',
            "user=sip",
            'user="sip"',
            "tos=IPTOS_LOWDELAY",
            "tos=8",
        )
        self.assertEqual([value(text) for text in texts], [4, 0, -3, b"ab", b"sip", b"sip", b"IPTOS_LOWDELAY", 8])

    def test_addresses_and_protocols(self) -> None:
        self.assertEqual(value("advertised_address=sip.example.com"), b"sip.example.com")
        self.assertEqual(value("advertised_address=[2001:db8::1]"), b"2001:db8::1")
        self.assertEqual(value("tcp_source_ipv4=192.0.2.1"), b"192.0.2.1")
        self.assertEqual(value("udp_mtu_try_proto=TCP"), b"tcp")
        self.assertEqual(value("tls_method=TLSV1"), b"TLSv1")

    def test_a_parameter_goes_by_its_main_name(self) -> None:
        found = [
            s.name for text in ("add_rport=yes", "shm_mem=64") for s in settings(text) if isinstance(s, nodes.CoreParam)
        ]
        self.assertEqual(found, ["force_rport", "shm"])

    def test_semicolons_between_them_mean_nothing(self) -> None:
        self.assertEqual(len(settings("children=4;;debug=1 fork=no")), 3)

    def test_what_5_6_does_not_know_is_known_by_its_place(self) -> None:
        self.assertEqual(value("return_mode=1"), 1)
        self.assertEqual(value("suspend_timeout=30"), 30)
        script = parse_text("route[return_mode] { exit; }\nrequest_route { route(return_mode); }")
        self.assertEqual([route.name for route in script.routes], ["return_mode", ""])

    def test_choices_may_be_written_in_any_case(self) -> None:
        self.assertEqual(value("log_facility=log_local0"), b"log_local0")
        self.assertEqual(value("tcp_poll_method=EPOLL_LT"), b"EPOLL_LT")

    def test_coreparam_and_kemi(self) -> None:
        found = settings('coreparam["iuid"]="x" coreparam[timer_sanity_check]=1 kemi.reply_route_callback="none"')
        self.assertEqual(
            [(s.name, s.value) for s in found if isinstance(s, nodes.CoreParam)],
            [("iuid", b"x"), ("timer_sanity_check", 1), ("kemi.reply_route_callback", b"none")],
        )


class SocketTests(SynchronousTestCase):
    def test_protocol_host_and_port(self) -> None:
        [one, other] = listens("listen=udp:192.0.2.1:5060\nlisten=eth0")
        self.assertEqual((one.proto, one.host, one.port), ("udp", "192.0.2.1", 5060))
        self.assertEqual((other.proto, other.host, other.port), (None, "eth0", None))

    def test_one_line_may_have_several(self) -> None:
        found = listens("listen=udp:a:5060 tcp:b (c, d):5070")
        self.assertEqual(
            [(n.proto, n.host, n.port) for n in found],
            [("udp", "a", 5060), ("tcp", "b", None), (None, "c", 5070), (None, "d", 5070)],
        )

    def test_what_may_stand_behind_them(self) -> None:
        [found] = listens('listen=udp:lo:5060 advertise 192.0.2.1:5070 name "outside" virtual')
        self.assertEqual((found.advertise_host, found.advertise_port), ("192.0.2.1", 5070))
        self.assertEqual((found.name, found.virtual), ("outside", True))
        [found] = listens("listen=lo ADVERTISE wss:sip.example.com:443")
        self.assertEqual(
            (found.advertise_proto, found.advertise_host, found.advertise_port), ("wss", "sip.example.com", 443)
        )

    def test_a_socket_block(self) -> None:
        [found] = listens(
            'socket = { bind = udp:192.0.2.1:5060-5069; name = "a"; advertise = tcp:198.51.100.1:5070;\n'
            'workers = 4; virtual = yes; agname = "g"; vrf = "v"; }'
        )
        self.assertEqual((found.proto, found.host, found.port, found.last_port), ("udp", "192.0.2.1", 5060, 5069))
        self.assertEqual(
            (found.advertise_proto, found.advertise_host, found.advertise_port), ("tcp", "198.51.100.1", 5070)
        )
        self.assertEqual((found.name, found.workers, found.virtual, found.group, found.vrf), ("a", 4, True, "g", "v"))

    def test_names_of_ours(self) -> None:
        found = [
            s.value for s in settings('alias=a.com udp:b.com:5060 "c"\ndomain=d.com') if isinstance(s, nodes.CoreParam)
        ]
        self.assertEqual(
            [(a.proto, a.host, a.port) for a in found],
            [(None, "a.com", None), ("udp", "b.com", 5060), (None, "c", None), (None, "d.com", None)],
        )


class ModuleTests(SynchronousTestCase):
    def test_loadmodule_in_all_its_forms(self) -> None:
        found = settings('loadmodule "tm.so"\nloadmodule("sl")\nloadmodule("x", "g=global")\nloadmodulex "$def(M)"')
        self.assertEqual(
            [(s.name, s.options, s.evaluate) for s in found if isinstance(s, nodes.LoadModule)],
            [("tm.so", "", False), ("sl", "", False), ("x", "g=global", False), ("$def(M)", "", True)],
        )

    def test_folders_of_modules(self) -> None:
        found = settings('mpath="/a:/b"\nmpath "/c"\nloadpath="/d"')
        self.assertEqual([s.path for s in found if isinstance(s, nodes.LoadPath)], ["/a:/b", "/c", "/d"])

    def test_modparam(self) -> None:
        found = settings('modparam("tm|sl", "x", "text")\nmodparam("tm", "y", -1)\nmodparam("tm", "z", yes)')
        self.assertEqual(
            [(s.module, s.name, s.value) for s in found if isinstance(s, nodes.ModParam)],
            [("tm|sl", "x", b"text"), ("tm", "y", -1), ("tm", "z", 1)],
        )

    def test_modparamx_may_take_a_variable(self) -> None:
        [found] = settings('modparamx("tm", "x", $def(X))')
        assert isinstance(found, nodes.ModParam)
        assert isinstance(found.value, nodes.Variable)
        self.assertEqual((found.value.text, found.evaluate), (b"$def(X)", True))

    def test_the_native_engine_is_the_only_one(self) -> None:
        self.assertEqual(settings('cfgengine "native"\ncfgengine="default"'), [])


class CustomTests(SynchronousTestCase):
    def test_custom_parameters(self) -> None:
        found = settings('a.b = 5\na.c = "x" desc "what it is"\na[3].b = 7\ndefault.default = 1')
        self.assertEqual(
            [(s.group, s.name, s.value, s.description, s.instance) for s in found if isinstance(s, nodes.CfgValue)],
            [
                ("a", "b", 5, "", None),
                ("a", "c", b"x", "what it is", None),
                ("a", "b", 7, "", 3),
                ("default", "default", 1, "", None),
            ],
        )

    def test_flags_get_the_first_free_numbers(self) -> None:
        [found] = settings('flags A, B:1, "C", D')
        assert isinstance(found, nodes.Flags)
        self.assertEqual((found.names, found.avp), ({"A": 0, "B": 1, "C": 2, "D": 3}, False))

    def test_two_names_may_have_one_number(self) -> None:
        [found] = settings("bool A:5, B:5")
        assert isinstance(found, nodes.Flags)
        self.assertEqual(found.names, {"A": 5, "B": 5})

    def test_there_are_32_flags(self) -> None:
        names = ", ".join(f"F{n}" for n in range(33))
        script = parse_text(f"flags {names}")
        self.assertEqual([e.reason for e in script.errors], ['the flag "F32" gets no number: they go from 0 to 31'])

    def test_flags_of_avps(self) -> None:
        [one, other] = settings("avpflags seen\navpflags Done, SEEN")
        assert isinstance(one, nodes.Flags)
        assert isinstance(other, nodes.Flags)
        self.assertEqual((one.names, other.names, other.avp), ({"seen": 0}, {"Done": 1, "SEEN": 0}, True))

    def test_user_must_stand_early_and_group_need_not(self) -> None:
        script = parse_text('user=a\nmodparam("x", "y", 1)\ngroup=b\nuser=c\n')
        self.assertEqual(
            [str(e) for e in script.errors], ["<script>:4:1: user must stand before any modparam and route block"]
        )
