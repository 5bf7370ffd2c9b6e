"""uri_parts: the transformations of URIs and addresses."""

from tests.modules.pv.script import TransformationCase

FULL = (
    b"sip:alice:pw@example.com:5070;transport=tcp;lr;ttl=3;method=INVITE;maddr=192.0.2.7;user=phone;r2=on;x=y?h=1&i=2"
)


class UriTests(TransformationCase):
    def test_the_parts_before_the_parameters(self) -> None:
        self.check(
            FULL,
            {
                "{uri.user}": b"alice",
                "{uri.passwd}": b"pw",
                "{uri.host}": b"example.com",
                "{uri.domain}": b"example.com",
                "{uri.port}": 5070,
                "{uri.scheme}": b"sip",
                "{uri.headers}": b"h=1&i=2",
            },
        )

    def test_parameters_by_name(self) -> None:
        self.check(
            FULL,
            {
                "{uri.param,X}": b"y",
                "{uri.param,lr}": b"",
                "{uri.param,none}": b"",
                "{uri.transport}": b"tcp",
                "{uri.ttl}": b"3",
                "{uri.method}": b"INVITE",
                "{uri.maddr}": b"192.0.2.7",
                "{uri.uparam}": b"phone",
                "{uri.r2}": b"on",
                "{uri.lr}": b"",
            },
        )

    def test_parts_that_are_not_there_are_empty(self) -> None:
        self.check(
            b"sips:[2001:db8::1]",
            {
                "{uri.user}": b"",
                "{uri.host}": b"[2001:db8::1]",
                "{uri.port}": b"",
                "{uri.params}": b"",
                "{uri.passwd}": b"",
            }
            | {"{uri.scheme}": b"sips", "{uri.headers}": b"", "{uri.transport}": b"", "{uri.tosocket}": b""},
        )

    def test_all_fails_on_what_is_no_uri(self) -> None:
        for wrong in (b"alice", b"", b"http://example.com"):
            self.check(wrong, {"{uri.user}": None, "{uri.port}": None, "{uri.param,x}": None, "{uri.saor}": None})

    def test_a_semicolon_at_the_end_is_forgiven(self) -> None:
        self.check(b"sip:a@b;x=1;", {"{uri.param,x}": b"1", "{uri.host}": b"b"})

    def test_one_parameter_can_be_removed(self) -> None:
        self.check(
            b"sip:a@b;x=1;lr;y=2?h=1",
            {"{uri.rmparam,LR}": b"sip:a@b;x=1;y=2?h=1", "{uri.rmparam,n}": b"sip:a@b;x=1;lr;y=2?h=1"},
        )
        self.check(b"sip:a@b;x=1", {"{uri.rmparam,x}": b"sip:a@b"})
        self.check(b"sip:a@b", {"{uri.rmparam,x}": b"sip:a@b"})

    def test_shorter_forms_of_a_uri(self) -> None:
        self.check(
            b"sip:alice:pw@example.com:5070;transport=tcp;x=y?h=1",
            {
                "{uri.saor}": b"sip:alice@example.com",
                "{uri.suri}": b"sip:alice@example.com:5070;transport=tcp",
                "{uri.duri}": b"sip:example.com:5070;transport=tcp",
                "{uri.tosocket}": b"tcp:example.com:5070",
            },
        )
        self.check(b"sip:example.com", {"{uri.saor}": b"sip:example.com", "{uri.duri}": b"sip:example.com"})

    def test_tel_uris_have_no_host(self) -> None:
        self.check(b"tel:+1;ext=2", {"{uri.user}": b"+1", "{uri.host}": b"", "{uri.params}": b""})


class NameaddrTests(TransformationCase):
    def test_name_and_uri(self) -> None:
        self.check(
            b'"A <b>" <sip:a@b;x=1>;tag=t',
            {"{nameaddr.name}": b'"A <b>" ', "{nameaddr.uri}": b"sip:a@b;x=1", "{nameaddr.len}": 21},
        )

    def test_without_brackets_all_is_the_uri(self) -> None:
        self.check(b"sip:a@b;x", {"{nameaddr.name}": b"", "{nameaddr.uri}": b"sip:a@b;x", "{nameaddr.len}": 9})

    def test_an_open_bracket_fails(self) -> None:
        self.check(b"<sip:a@b", {"{nameaddr.uri}": None, "{nameaddr.name}": None, "{nameaddr.len}": None})
        self.check(b"", {"{nameaddr.uri}": None})


class TobodyTests(TransformationCase):
    def test_the_parts_of_a_from_or_to_value(self) -> None:
        self.check(
            b'"A B" <sip:alice@example.com:5>;tag=t;x=y',
            {
                "{tobody.uri}": b"sip:alice@example.com:5",
                "{tobody.user}": b"alice",
                "{tobody.host}": b"example.com",
                "{tobody.tag}": b"t",
                "{tobody.display}": b'"A B"',
                "{tobody.params}": b"tag=t;x=y",
            },
        )

    def test_parts_that_are_not_there_are_empty(self) -> None:
        self.check(
            b"<sip:example.com>",
            {"{tobody.user}": b"", "{tobody.tag}": b"", "{tobody.display}": b"", "{tobody.params}": b""},
        )

    def test_what_is_no_address_fails(self) -> None:
        self.check(b"<sip:a@b", {"{tobody.uri}": None, "{tobody.tag}": None})
        self.check(b"<http://a>", {"{tobody.uri}": None})


class UrialiasTests(TransformationCase):
    def test_a_uri_becomes_an_alias(self) -> None:
        for uri, alias in (
            (b"sip:a@192.0.2.1:5080;transport=tcp", b"192.0.2.1~5080~2"),
            (b"sip:192.0.2.1", b"192.0.2.1~5060~1"),
            (b"sips:192.0.2.1", b"192.0.2.1~5061~1"),
            (b"sip:192.0.2.1;transport=tls", b"192.0.2.1~5061~3"),
            (b"x", b""),
            (b"", None),
        ):
            self.check(uri, {"{urialias.encode}": alias})

    def test_a_name_without_quotes_may_have_punctuation_in_it(self) -> None:
        for name in (b"Bell, Alexander", b"Sales: A=B"):
            found = {"{tobody.display}": name, "{tobody.uri}": b"sip:a@h.example", "{tobody.tag}": b"1"}
            self.check(name + b" <sip:a@h.example>;tag=1", found)
        self.check(b"Al\\ice <sip:a@h.example>", {"{tobody.uri}": None})

    def test_parameters_of_a_body_are_right_or_there_is_no_body(self) -> None:
        for tail in (b";p=a=b", b";;tag=1", b";p=a\\b"):
            self.check(b"<sip:a@h.example>" + tail, {"{tobody.uri}": None})

    def test_an_alias_becomes_a_uri(self) -> None:
        for alias, uri in (
            (b"192.0.2.1~5080~2", b"sip:192.0.2.1:5080;transport=tcp"),
            (b"192.0.2.1~5080~1", b"sip:192.0.2.1:5080"),
            (b"192.0.2.1~5080", b"sip:192.0.2.1:5080"),
            (b"192.0.2.1~5080~9", b""),
            (b"192.0.2.1~5080~", b""),
            (b"192.0.2.1~5080~1~2", b"sip:192.0.2.1:5080"),
            (b"192.0.2.1", b"sip:192.0.2.1"),
            (b"", None),
        ):
            self.check(alias, {"{urialias.decode}": uri})
