"""sipapp.http.url."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import HttpError
from sipapp.http.url import Url, shown, split_proxy


class UrlTests(SynchronousTestCase):
    def test_the_parts(self) -> None:
        self.assertEqual(
            Url.parse(b"https://alice:s%3Acret@example.com:8443/a/b?c=d#e"),
            Url(b"https", b"example.com", 8443, b"/a/b?c=d", b"alice", b"s:cret"),
        )

    def test_ports_paths_and_schemes_that_go_without_saying(self) -> None:
        self.assertEqual(Url.parse(b"http://example.com"), Url(b"http", b"example.com", 80, b"/"))
        self.assertEqual(Url.parse(b"HTTPS://example.com?a"), Url(b"https", b"example.com", 443, b"/?a"))
        self.assertEqual(Url.parse(b"example.com/x"), Url(b"http", b"example.com", 80, b"/x"))

    def test_an_ipv6_address_stands_in_brackets(self) -> None:
        url = Url.parse(b"http://[2001:db8::1]:8080/")
        self.assertEqual((url.host, url.host_and_port), (b"2001:db8::1", "[2001:db8::1]:8080"))
        self.assertEqual(bytes(url), b"http://[2001:db8::1]:8080/")

    def test_as_bytes_it_has_no_password(self) -> None:
        self.assertEqual(bytes(Url.parse(b"http://alice:secret@example.com:80/x")), b"http://example.com/x")

    def test_what_is_not_ascii_is_escaped(self) -> None:
        self.assertEqual(Url.parse("http://example.com/ü%20?q=ä".encode()).target, b"/%C3%BC%20?q=%C3%A4")
        self.assertEqual(Url.parse("http://bücher.example/".encode()).host, b"xn--bcher-kva.example")

    def test_malformed_ones_are_error_3(self) -> None:
        for text in (
            b"",
            b"http://",
            b"http://a b/",
            b"http://a/b c",
            b"http://a:port/",
            b"http://a:99999/",
            b"http://a:0/",
            b"<null>",
            b"http://[::1/",
            b"http://a/\x01",
            "http://\udcff".encode("utf-8", "surrogateescape"),
        ):
            self.assertEqual(self.assertRaises(HttpError, Url.parse, text).code, 3, text)

    def test_other_schemes_are_error_1(self) -> None:
        self.assertEqual(self.assertRaises(HttpError, Url.parse, b"ftp://example.com/").code, 1)

    def test_a_location_is_relative_to_it(self) -> None:
        url = Url.parse(b"http://example.com/a/b?c")
        self.assertEqual(url.joined(b"/x"), b"http://example.com/x")
        self.assertEqual(url.joined(b"x?y"), b"http://example.com/a/x?y")
        self.assertEqual(url.joined(b"https://example.org/"), b"https://example.org/")

    def test_a_log_shows_no_password(self) -> None:
        self.assertEqual(shown(b"http://alice:s@cret@example.com/x@y"), "http://example.com/x@y")
        self.assertEqual(shown(b"alice:secret@example.com"), "example.com")

    @given(st.binary())
    def test_whatever_is_no_url_is_an_http_error(self, text: bytes) -> None:
        try:
            url = Url.parse(text)
        except HttpError:
            return
        self.assertEqual(Url.parse(bytes(url))._replace(user=None, password=b""), url._replace(user=None, password=b""))


class ProxyTests(SynchronousTestCase):
    def test_its_port_is_1080_unless_told(self) -> None:
        self.assertEqual(split_proxy("proxy"), ("proxy", 1080))
        self.assertEqual(split_proxy("http://proxy:3128/"), ("proxy", 3128))
        self.assertEqual(split_proxy("[2001:db8::1]:3128"), ("2001:db8::1", 3128))

    def test_a_malformed_one_is_5(self) -> None:
        self.assertEqual(self.assertRaises(HttpError, split_proxy, "proxy:port").code, 5)
