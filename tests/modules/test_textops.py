"""The module textops as a whole: what it offers to scripts."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces import IModule, Kind
from sipapp.modules.textops import Textops
from tests.modules.texts import made

FUNCTIONS = {
    "append_body_part": {2, 3},
    "append_body_part_hex": {2, 3},
    "append_hf": {1, 2},
    "append_time": {0},
    "append_time_to_request": {0},
    "append_to_reply": {1},
    "append_urihf": {2},
    "cmp_istr": {2},
    "cmp_str": {2},
    "ends_with": {2},
    "filter_body": {1},
    "get_body_part": {2},
    "get_body_part_raw": {2},
    "has_body": {0, 1},
    "in_list": {3},
    "in_list_prefix": {3},
    "insert_hf": {1, 2},
    "is_audio_on_hold": {0},
    "is_method": {1},
    "is_present_hf": {1},
    "is_present_hf_pv": {1},
    "is_present_hf_re": {1},
    "is_present_hf_re_pv": {1},
    "is_privacy": {1},
    "regex_substring": {5},
    "remove_body_part": {1},
    "remove_hf": {1},
    "remove_hf_exp": {2},
    "remove_hf_exp_pv": {2},
    "remove_hf_idx": {2},
    "remove_hf_match": {3},
    "remove_hf_pv": {1},
    "remove_hf_re": {1},
    "remove_hf_re_pv": {1},
    "replace": {2},
    "replace_all": {2},
    "replace_body": {2},
    "replace_body_all": {2},
    "replace_body_atonce": {2},
    "replace_body_str": {3},
    "replace_hdrs": {2},
    "replace_hdrs_str": {3},
    "replace_str": {3},
    "search": {1},
    "search_append": {2},
    "search_append_body": {2},
    "search_body": {1},
    "search_hf": {3},
    "search_str": {2},
    "set_body": {2},
    "set_body_hex": {2},
    "set_body_multipart": {0, 1, 2, 3},
    "set_reply_body": {2},
    "set_reply_body_hex": {2},
    "starts_with": {2},
    "str_all_in": {2},
    "str_any_in": {2},
    "str_find": {2},
    "str_ifind": {2},
    "subst": {1},
    "subst_body": {1},
    "subst_hf": {3},
    "subst_uri": {1},
    "subst_user": {1},
    "subst_v": {3},
    "via_param_rm": {2},
}


class TextopsTests(SynchronousTestCase):
    def test_is_a_module(self) -> None:
        self.assertTrue(IModule.providedBy(made(Textops)))

    def test_offers_its_functions_with_every_number_of_arguments(self) -> None:
        found: dict[str, set[int]] = {}
        for function in made(Textops).script_functions():
            least = sum(not parameter.optional for parameter in function.parameters)
            found.setdefault(function.name, set()).update(range(least, len(function.parameters) + 1))
        self.assertEqual(found, FUNCTIONS)

    def test_offers_one_transformation(self) -> None:
        self.assertEqual([t.name for t in made(Textops).transformations()], ["re.subst"])

    def test_every_function_has_a_manual(self) -> None:
        self.assertEqual([f.name for f in made(Textops).script_functions() if not f.doc], [])

    def test_names_of_header_fields_are_read_when_the_script_loads(self) -> None:
        by_name = {function.name: function for function in made(Textops).script_functions()}
        (parameter,) = by_name["remove_hf"].parameters
        self.assertIs(parameter.kind, Kind.TEXT)
        assert parameter.parse is not None
        self.assertEqual(parameter.parse(b"v"), b"via")
