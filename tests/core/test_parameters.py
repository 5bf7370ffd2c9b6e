"""parameters: what the server reads."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.core.parameters import CoreConfig
from sipapp.errors import ConfigError, ConfigErrors
from sipapp.script.parser import parse_text


def config(text: str = "") -> CoreConfig:
    made = CoreConfig()
    for setting in parse_text(text + "\nrequest_route { exit; }", "app.cfg").settings:
        made.apply(setting)
    return made


class CoreConfigTests(SynchronousTestCase):
    def test_what_the_script_leaves_out_has_its_default(self) -> None:
        made = config()
        self.assertEqual((made.debug, made.children, made.max_while_loops, made.port), (0, 1, 100, 5060))
        self.assertEqual((made.suspend_timeout, made.suspend_max, made.log_format), (120, 100000, "text"))
        self.assertIsNone(made.advertised_address)

    def test_what_the_script_sets_counts(self) -> None:
        made = config("debug=-3\nchildren=4\nadvertised_address=192.0.2.1\ntcp_source_ipv4=192.0.2.2")
        self.assertEqual((made.debug, made.children), (-3, 4))
        self.assertEqual((made.advertised_address, made.tcp_source_ipv4), ("192.0.2.1", "192.0.2.2"))

    def test_the_last_of_several_counts(self) -> None:
        self.assertEqual(config("children=2\nchildren=3").children, 3)

    def test_yes_and_no_become_true_and_false(self) -> None:
        made = config("mhomed=yes\nauto_aliases=no\nforce_rport=2")
        self.assertIs(made.mhomed, True)
        self.assertIs(made.auto_aliases, False)
        self.assertIs(made.force_rport, True)

    def test_other_names_set_the_same(self) -> None:
        self.assertIs(config("enable_tls=yes").disable_tls, False)
        self.assertIs(config("tls_disable=no").disable_tls, False)
        self.assertIs(config("auto_domains=no").auto_aliases, False)

    def test_header_fields_lose_their_names(self) -> None:
        made = config('server_header="Server: Ours 1.0"\nuser_agent_header="X-Agent: a"')
        self.assertEqual((made.server_header, made.user_agent_header), (b"Ours 1.0", b"X-Agent: a"))
        self.assertRegex(config().server_header.decode(), r"^sipapp \(")

    def test_sockets_and_names_are_collected(self) -> None:
        made = config("listen=udp:192.0.2.1:5060\nlisten=tcp:eth0\nalias=a.com b.com\ndomain=c.com")
        self.assertEqual([(n.proto, n.host) for n in made.listen], [("udp", "192.0.2.1"), ("tcp", "eth0")])
        self.assertEqual([n.host for n in made.alias], ["a.com", "b.com", "c.com"])

    def test_a_socket_may_come_from_the_command_line(self) -> None:
        made = config()
        made.add_listen("udp:192.0.2.1:5070")
        self.assertEqual([(n.proto, n.host, n.port) for n in made.listen], [("udp", "192.0.2.1", 5070)])

    def test_ports_end_at_65535(self) -> None:
        for line in (
            "listen=udp:192.0.2.1:65536",
            "listen=udp:192.0.2.1:5060 advertise 192.0.2.2:65536",
            "alias=udp:a.com:65536",
            "port=65536",
            "advertised_port=65536",
        ):
            name = line.partition("=")[0]
            with self.assertRaisesRegex(ConfigError, f"^{name}: ports end at 65535, there is no 65536$"):
                config(line)
        with self.assertRaises(ConfigErrors) as caught:
            config().add_listen("udp:192.0.2.1:65536")
        self.assertEqual(str(caught.exception), "-l:1:1: listen: ports end at 65535, there is no 65536")

    def test_groups_of_workers_are_collected(self) -> None:
        made = config('async_workers_group="name=a;workers=1"\nasync_workers_group="name=b;workers=2"')
        self.assertEqual(made.async_workers_group, ["name=a;workers=1", "name=b;workers=2"])

    def test_flags_have_numbers(self) -> None:
        made = config("flags A, B:7\navpflags seen")
        self.assertEqual((made.flags, made.avpflags), ({"A": 0, "B": 7}, {"seen": 0}))

    def test_tos_may_have_a_name(self) -> None:
        found = [config(f"tos={value}").tos for value in ("IPTOS_LOWDELAY", "iptos_throughput", "4")]
        self.assertEqual(found, [16, 8, 4])
        made = config("tos=IPTOS_NONE")
        self.assertEqual((made.tos, len(made.warnings)), (16, 1))

    def test_what_means_nothing_here_is_accepted_with_a_notice(self) -> None:
        made = config("shm=64\nchildren=2")
        self.assertEqual([str(w) for w in made.warnings], ["app.cfg:1:1: shm has no effect: memory is Python's affair"])

    def test_custom_parameters_have_values(self) -> None:
        made = config('a.b = 5\na.c = "x"\na[3].b = 7')
        self.assertEqual((made.value("a", "b"), made.value("a", "c"), made.value("a", "d")), (5, b"x", None))
        self.assertEqual(made.instances, {("a", 3, "b"): 7})

    def test_parameters_of_the_core_go_by_groups_too(self) -> None:
        made = config("tcp_connect_timeout=3\ndebug=2")
        self.assertEqual((made.value("core", "debug"), made.value("tcp", "connect_timeout")), (2, 3))
        self.assertIsNone(made.value("core", "memdbg"))

    def test_modules_lines_are_left_alone(self) -> None:
        self.assertEqual(config('loadmodule "tm"\nmodparam("tm", "x", 1)\nmpath="/x"').warnings, [])

    def test_two_servers_do_not_share_their_sockets(self) -> None:
        one, other = config("listen=lo"), config()
        self.assertEqual((len(one.listen), len(other.listen)), (1, 0))

    def test_a_parameter_can_be_changed_while_the_server_runs(self) -> None:
        made = config('debug=2\nlimits.calls = 10\nlimits.title = "a"')
        self.assertTrue(made.change("core", "debug", 3))
        self.assertTrue(made.change("limits", "calls", 20))
        self.assertTrue(made.change("limits", "title", b"b"))
        self.assertEqual((made.debug, made.value("limits", "calls"), made.value("limits", "title")), (3, 20, b"b"))

    def test_it_keeps_its_type(self) -> None:
        made = config("debug=2\nmhomed=no")
        self.assertFalse(made.change("core", "debug", b"3"))
        self.assertTrue(made.change("core", "mhomed", 1))
        self.assertEqual((made.debug, made.mhomed), (2, True))

    def test_what_is_not_there_cannot_be_changed(self) -> None:
        made = config("debug=2")
        self.assertFalse(made.change("limits", "calls", 1))
        self.assertFalse(made.change("core", "nothing", 1))
