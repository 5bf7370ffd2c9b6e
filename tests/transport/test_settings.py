"""sipapp.transport.settings."""

from types import SimpleNamespace

from twisted.trial.unittest import SynchronousTestCase

from sipapp.transport.settings import Settings


class SettingsTests(SynchronousTestCase):
    def test_without_a_config_the_defaults_count(self) -> None:
        settings = Settings.of(None)
        self.assertEqual(
            (settings.port, settings.tcp_max_connections, settings.tcp_connection_lifetime), (5060, 2048, 120)
        )

    def test_what_the_config_has_counts_and_what_it_has_as_none_does_not(self) -> None:
        settings = Settings.of(SimpleNamespace(tcp_max_connections=7, tcp_connect_timeout=None, unknown=1))
        self.assertEqual((settings.tcp_max_connections, settings.tcp_connect_timeout), (7, 10))

    def test_zero_is_a_value_of_its_own(self) -> None:
        self.assertEqual(Settings.of(SimpleNamespace(tcp_accept_iplimit=0)).tcp_accept_iplimit, 0)
