"""The module textopsx as a whole: what it offers to scripts."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces import IModule
from sipapp.modules.textopsx import Textopsx
from tests.modules.texts import made

FUNCTIONS = {
    "append_hf_value": {2},
    "assign_hf_value": {2},
    "assign_hf_value2": {2},
    "bl_iterator_append": {2},
    "bl_iterator_end": {1},
    "bl_iterator_insert": {2},
    "bl_iterator_next": {1},
    "bl_iterator_rm": {1},
    "bl_iterator_start": {1},
    "change_reply_status": {2},
    "change_reply_status_code": {1},
    "exclude_hf_value": {2},
    "fnmatch": {2, 3},
    "hf_iterator_append": {2},
    "hf_iterator_end": {1},
    "hf_iterator_insert": {2},
    "hf_iterator_next": {1},
    "hf_iterator_prev": {1},
    "hf_iterator_rm": {1},
    "hf_iterator_start": {1},
    "hf_value_exists": {2},
    "include_hf_value": {2},
    "insert_hf_value": {2},
    "keep_hf": {1},  # without an argument Kamailio documents and refuses it
    "msg_apply_changes": {0},
    "msg_changed_route": {1},
    "msg_set_buffer": {1},
    "remove_body": {0},
    "remove_hf_value": {1},
    "remove_hf_value2": {1},
}


class TextopsxTests(SynchronousTestCase):
    def test_is_a_module(self) -> None:
        self.assertTrue(IModule.providedBy(made(Textopsx)))

    def test_offers_its_functions_with_every_number_of_arguments(self) -> None:
        found: dict[str, set[int]] = {}
        for function in made(Textopsx).script_functions():
            least = sum(not parameter.optional for parameter in function.parameters)
            found.setdefault(function.name, set()).update(range(least, len(function.parameters) + 1))
        self.assertEqual(found, FUNCTIONS)

    def test_offers_the_variables_of_its_iterators(self) -> None:
        self.assertEqual([v.name for v in made(Textopsx).pseudo_variables()], ["hfitname", "hfitbody", "blitval"])

    def test_everything_has_a_manual(self) -> None:
        module = made(Textopsx)
        self.assertEqual([f.name for f in (*module.script_functions(), *module.pseudo_variables()) if not f.doc], [])
