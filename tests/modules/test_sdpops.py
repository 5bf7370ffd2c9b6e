"""The module sdpops as a whole: what it offers to scripts."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces import IModule
from sipapp.modules.sdpops import Sdpops
from tests.modules.texts import made

FUNCTIONS = {
    "sdp_content": {0, 1},
    "sdp_get": {1},
    "sdp_get_address_family": {0},
    "sdp_get_line_startswith": {2},
    "sdp_iterator_append": {2},
    "sdp_iterator_end": {1},
    "sdp_iterator_insert": {2},
    "sdp_iterator_next": {1},
    "sdp_iterator_rm": {1},
    "sdp_iterator_start": {1},
    "sdp_keep_codecs_by_id": {1, 2},
    "sdp_keep_codecs_by_name": {1, 2},
    "sdp_print": {1},
    "sdp_remove_codecs_by_id": {1, 2},
    "sdp_remove_codecs_by_name": {1, 2},
    "sdp_remove_line_by_prefix": {1, 2},
    "sdp_remove_media": {1},
    "sdp_remove_transport": {1},
    "sdp_transport": {1},
    "sdp_with_active_media": {1},
    "sdp_with_codecs_by_id": {1},
    "sdp_with_codecs_by_name": {1},
    "sdp_with_ice": {0},
    "sdp_with_media": {1},
    "sdp_with_transport": {1},
    "sdp_with_transport_like": {1},
}


class SdpopsTests(SynchronousTestCase):
    def test_is_a_module(self) -> None:
        self.assertTrue(IModule.providedBy(made(Sdpops)))

    def test_offers_its_functions_with_every_number_of_arguments(self) -> None:
        found: dict[str, set[int]] = {}
        for function in made(Sdpops).script_functions():
            least = sum(not parameter.optional for parameter in function.parameters)
            found.setdefault(function.name, set()).update(range(least, len(function.parameters) + 1))
        self.assertEqual(found, FUNCTIONS)

    def test_offers_two_variables(self) -> None:
        self.assertEqual({v.name for v in made(Sdpops).pseudo_variables()}, {"sdp", "sdpitval"})

    def test_everything_has_a_manual(self) -> None:
        module = made(Sdpops)
        self.assertEqual([f.name for f in (*module.script_functions(), *module.pseudo_variables()) if not f.doc], [])
