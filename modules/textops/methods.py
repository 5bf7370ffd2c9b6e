# -*- test-case-name: tests.modules.test_textops_methods -*-
"""methods: what kind of message this is: its method, the privacy that it asks for."""

from __future__ import annotations

from sipapp.errors import ParseError
from sipapp.message.headers import is_token, unfold
from sipapp.module import ConfigError, Context, script_function

KNOWN = frozenset(
    b"INVITE CANCEL ACK BYE INFO REGISTER SUBSCRIBE NOTIFY MESSAGE OPTIONS PRACK UPDATE REFER PUBLISH KDMQ "
    b"GET POST PUT DELETE".split()
)

PRIVACY = frozenset(b"user header session none critical id history".split())
"""RFC 3323 §4.2, RFC 3325 §9.3, RFC 4244 §4.1."""


def method_names(text: bytes) -> frozenset[bytes]:
    """`INVITE|ACK` in upper case. Raises ConfigError: no token, or an unknown method beside others."""
    names = [name.strip() for name in text.replace(b"|", b",").split(b",")]
    if len(names) > 1 and not names[-1]:
        del names[-1]
    for name in names:
        if not is_token(name):
            raise ConfigError(f"no method: {name.decode(errors='replace')!r}")
        if b"|" in text and name.upper() not in KNOWN:
            raise ConfigError(f"unknown method in a list: {name.decode()!r}; it can only stand alone")
    return frozenset(name.upper() for name in names)


def privacy_name(text: bytes) -> bytes:
    """A priv-value in lower case. Raises ConfigError: there is no such one."""
    if text.lower() not in PRIVACY:
        raise ConfigError(f"no such privacy: {text.decode(errors='replace')!r}")
    return text.lower()


def privacy_values(value: bytes) -> frozenset[bytes]:
    """The priv-values of a Privacy header field; empty where one is unknown, or `none` has company."""
    names = frozenset(name.strip().lower() for name in unfold(value).split(b";"))
    if names - PRIVACY or (b"none" in names and len(names) > 1):
        return frozenset()
    return names


class Methods:
    """is_method() and is_privacy()."""

    @script_function(parse={"name": method_names})
    def is_method(self, ctx: Context, name: frozenset[bytes]) -> bool:
        """The method (of a response: its CSeq's) is `name`, or one of a list: `INVITE|ACK`. Case counts nothing."""
        try:
            method = ctx.message.method
        except ParseError:
            return False
        return method in name or (method not in KNOWN and method.upper() in name)

    @script_function(parse={"privacy_type": privacy_name})
    def is_privacy(self, ctx: Context, privacy_type: bytes) -> bool:
        """The Privacy header field asks for this: user, header, session, none, critical, id or history."""
        value = ctx.message.first(b"privacy")
        return value is not None and privacy_type in privacy_values(value)
