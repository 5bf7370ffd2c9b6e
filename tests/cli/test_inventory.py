"""sipapp.cli.inventory."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.cli.inventory import inventory


class InventoryTests(SynchronousTestCase):
    def test_what_a_module_offers_stands_under_its_name(self) -> None:
        found = inventory()
        self.assertEqual(
            found["modules"]["maxfwd"]["functions"],
            sorted(
                [
                    "mf_process_maxfwd_header", "mf_lowlimit", "process_maxfwd", "maxfwd_process", "is_maxfwd_lt",
                    "maxfwd_at_least",
                ]
            ),
        )  # fmt: skip
        self.assertIn("cancel", "".join(found["core"]["rpc"]))

    def test_functions_that_async_takes_are_told(self) -> None:
        found = inventory()["async_functions"]
        self.assertIn("http_client.http_client_query", found)
        self.assertNotIn("sl.sl_send_reply", found)
