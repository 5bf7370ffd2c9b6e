from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.tm.reasons import reason_of


class ReasonTests(SynchronousTestCase):
    def test_what_rfc_3261_names_has_its_name(self) -> None:
        self.assertEqual(
            [reason_of(status) for status in (100, 200, 302, 486, 503, 606)],
            [b"Trying", b"OK", b"Moved Temporarily", b"Busy Here", b"Service Unavailable", b"Not Acceptable"],
        )

    def test_what_it_does_not_name_has_that_of_its_class(self) -> None:
        self.assertEqual(
            [reason_of(status) for status in (199, 299, 399, 499, 599, 699)],
            [
                *(b"Provisional", b"Successful", b"Redirection"),
                *(b"Request Failure", b"Server Failure", b"Global Failure"),
            ],
        )
