"""What a body is, and the parts of a multipart one."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message import mime

BODY = (
    b"preamble\r\n"
    b"--b1\r\n"
    b"Content-Type: text/plain\r\n"
    b"\r\n"
    b"hi\r\n"
    b"--b1\r\n"
    b"content-type : text/html;\r\n"
    b" charset=utf-8\r\n"
    b"Content-Disposition: render\r\n"
    b"\r\n"
    b"<p>--b1\r\n"
    b"--b12\r\n"
    b"--b1--\r\n"
    b"epilogue\r\n"
)


class MediaTypeTests(SynchronousTestCase):
    def test_is_in_lower_case_without_parameters(self) -> None:
        self.assertEqual(mime.media_type(b"Text/Plain ; charset=utf-8"), b"text/plain")
        self.assertEqual(mime.media_type(b" application / pidf+xml"), b"application/pidf+xml")

    def test_what_has_no_subtype_is_none(self) -> None:
        self.assertIsNone(mime.media_type(b"text"))
        self.assertIsNone(mime.media_type(b"text/"))
        self.assertIsNone(mime.media_type(b""))
        self.assertIsNone(mime.media_type(b"text/plain, text/html"))


class BoundaryTests(SynchronousTestCase):
    def test_is_found_behind_other_parameters_and_without_its_quotes(self) -> None:
        self.assertEqual(mime.boundary(b'multipart/mixed;boundary="b 1"'), b"b 1")
        self.assertEqual(mime.boundary(b"multipart/mixed; type=x ; Boundary = b1;q"), b"b1")

    def test_is_none_where_there_is_none(self) -> None:
        self.assertIsNone(mime.boundary(b"multipart/mixed"))
        self.assertIsNone(mime.boundary(b"multipart/mixed;boundary="))
        self.assertIsNone(mime.boundary(b"multipart/mixed;xboundary=b1"))


class PartsTests(SynchronousTestCase):
    def test_each_part_ends_where_the_line_of_the_next_delimiter_starts(self) -> None:
        found = [(BODY[p.content : p.end], BODY[p.end : p.after]) for p in mime.parts(BODY, b"b1")]
        self.assertEqual(found, [(b"hi\r\n", b"--b1\r\n"), (b"<p>--b1\r\n--b12\r\n", b"--b1--\r\n")])

    def test_a_body_without_a_second_delimiter_has_no_part(self) -> None:
        self.assertEqual(list(mime.parts(b"--b1\r\n\r\nx", b"b1")), [])

    def test_a_part_without_header_fields_starts_with_its_empty_line(self) -> None:
        body = b"--b1\r\n\r\nx\r\n--b1--"
        self.assertEqual(list(mime.parts(body, b"b1")), [mime.Part(6, 8, 11, 17)])

    def test_a_header_field_is_found_by_name_and_unfolded(self) -> None:
        _, html = mime.parts(BODY, b"b1")
        field = mime.part_field(BODY, html, b"content-type")
        assert field is not None
        self.assertEqual(field.value, b"text/html; charset=utf-8")
        self.assertEqual(BODY[field.start : field.end], b"content-type : text/html;\r\n charset=utf-8\r\n")

    def test_a_header_field_that_is_only_in_the_content_is_not_found(self) -> None:
        body = b"--b1\r\nA: b\r\n\r\nContent-Type: x/y\r\n--b1--\r\n"
        (part,) = mime.parts(body, b"b1")
        self.assertIsNone(mime.part_field(body, part, b"content-type"))


class CloseTests(SynchronousTestCase):
    def test_delimiters_between_parts_are_plain_and_the_last_one_closes(self) -> None:
        body = b"--b\r\n\r\n1\r\n--b--\r\n\r\n2\r\n--b\r\n"
        self.assertEqual(mime.close(body, b"b"), b"--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--\r\n")

    def test_what_stands_outside_of_the_delimiters_is_dropped(self) -> None:
        self.assertEqual(mime.close(b"before\r\n--b\r\n\r\n1\r\n--b--\r\nafter", b"b"), b"--b\r\n\r\n1\r\n--b--\r\n")

    def test_a_body_with_one_delimiter_stays_as_it_is(self) -> None:
        self.assertEqual(mime.close(b"--b\r\n\r\n1", b"b"), b"--b\r\n\r\n1")
