from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.siputils import Siputils
from tests.modules.stage import made

FUNCTIONS = """add_uri_param append_rpid_hf cmp_aor cmp_hdr_name cmp_uri contact_param_check contact_param_decode
contact_param_decode_ruri contact_param_encode contact_param_encode_alias contact_param_rm decode_contact
decode_contact_header encode_contact get_uri_param has_totag hdr_date_check is_alphanum is_alphanumex is_e164
is_first_hop is_gruu is_http is_numeric is_reply is_request is_rpid_user_e164 is_sip is_supported is_tel_number is_uri
is_uri_user_e164 is_user options_reply set_uri_host set_uri_user sip_p_charging_vector sip_parse_headers tel2sip
tel2sip2 uri_param uri_param_any uri_param_rm"""


class SiputilsTests(SynchronousTestCase):
    def test_every_function_of_the_module_is_there(self) -> None:
        self.assertEqual(sorted({f.name for f in made(Siputils).script_functions()}), FUNCTIONS.split())

    def test_every_parameter_of_the_module_is_there(self) -> None:
        self.assertEqual(
            " ".join(sorted(made(Siputils).parameters)),
            "contact_flds_separator e164_max_len options_accept options_accept_encoding options_accept_language "
            "options_support rpid_avp rpid_prefix rpid_suffix",
        )
