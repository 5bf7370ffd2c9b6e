"""sipapp.transport.hostnames."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.transport import hostnames
from sipapp.transport.hostnames import learn, look_up_names, names_in_hosts


class NamesTests(SynchronousTestCase):
    def test_what_the_hosts_file_knows_is_told_at_once(self) -> None:
        self.patch(hostnames, "names_in_hosts", lambda address: ["sip.example.com"])
        found: list[tuple[str, list[str]]] = []
        later: list[tuple[str, list[str]]] = []
        learn(["192.0.2.1"], lambda *names: found.append(names), lambda *names: later.append(names))
        self.assertEqual((found, later), ([("192.0.2.1", ["sip.example.com"])], []))

    def test_the_hosts_file_tells_what_an_address_is_called(self) -> None:
        path = Path(self.mktemp())
        path.write_text("127.0.0.1 localhost\n192.0.2.1 sip.example.com sip # us\n# 192.0.2.1 nobody\n::1 localhost6\n")
        self.assertEqual(names_in_hosts("192.0.2.1", path), ["sip.example.com", "sip"])

    def test_without_a_hosts_file_nothing_has_a_name(self) -> None:
        self.assertEqual(names_in_hosts("127.0.0.1", Path(self.mktemp())), [])

    def test_the_system_tells_the_rest(self) -> None:
        def gethostbyaddr(address: str) -> tuple[str, list[str], list[str]]:
            if address == "192.0.2.1":
                return "sip.example.com", ["sip"], [address]
            raise OSError("unknown")

        self.patch(hostnames, "gethostbyaddr", gethostbyaddr)
        found = []
        look_up_names(["192.0.2.2", "192.0.2.1"], lambda address, names: found.append((address, names)))
        self.assertEqual(found, [("192.0.2.1", ["sip.example.com", "sip"])])
