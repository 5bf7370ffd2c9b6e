# -*- test-case-name: tests.message.test_grammar -*-
"""grammar: the parts of RFC 3261 §25.1 that several parsers share, as regular expressions, each under its ABNF.

They take what peers really send where that does no harm, and never need more than one pass over their text: `*+`
gives nothing back, so that no sender can make matching slow.
"""

from __future__ import annotations

# token = 1*(alphanum / "-" / "." / "!" / "%" / "*" / "_" / "+" / "`" / "'" / "~" )
TOKEN = rb"[A-Za-z0-9\-.!%*_+`'~]+"

# quoted-string = SWS DQUOTE *(qdtext / quoted-pair ) DQUOTE; to be compiled with re.DOTALL
QUOTED_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*"'
OPEN_QUOTED_STRING = QUOTED_STRING + b"?"  # or one that never ends, up to the end

# hostname = *( domainlabel "." ) toplabel [ "." ]; IPv4address is of the same letters. `_` is written by many.
HOST_NAME = rb"[A-Za-z0-9_][A-Za-z0-9._\-]*"

# IPv6reference = "[" IPv6address "]"; what is inside is not judged (RFC 5118 §4.10)
IPV6_REFERENCE = rb"\[[0-9A-Fa-f:.]+\]"

# host = hostname / IPv4address / IPv6reference
HOST = rb"(?:%b|%b)" % (HOST_NAME, IPV6_REFERENCE)

# SIP-Version = "SIP" "/" 1*DIGIT "." 1*DIGIT; to be compiled with re.IGNORECASE (RFC 3261 §7.1)
SIP_VERSION = rb"SIP/[0-9]{1,9}\.[0-9]{1,9}"

# SIP-URI = "sip:" [ userinfo ] hostport uri-parameters [ headers ], without its scheme: user, password, host, port,
# parameters, headers. The user may hold `;`, `?` and `/` (RFC 4475 §3.1.1.9), and white space, which scripts put there.
SIP_URI = (
    rb"(?:([^@:\[\]<>\r\n]+)(?::([^@:;?\[\]<>\s]*))?@)?(%b)(?::([0-9]{0,5}))?"
    rb"(?:;([^?@<>\s]*))?(?:\?([^@<>\s]*))?" % HOST
)

# telephone-uri = "tel:" telephone-subscriber (RFC 3966 §3), without its scheme: number, parameters, headers
TEL_URI = rb"([^;?<>\"\s]+)(?:;([^?<>\"\s]*))?(?:\?([^<>\"\s]*))?"

# absoluteURI = scheme ":" ( hier-part / opaque-part ); scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
SCHEME = rb"[A-Za-z][A-Za-z0-9+\-.]*"
OPAQUE = rb"[^<>\"\s]+"

# name-addr = [ display-name ] LAQUOT addr-spec RAQUOT; display-name = *(token LWS)/ quoted-string
# Then *( SEMI generic-param ). Groups: display name, URI, parameters.
NAME_ADDR = rb"""(%b\s*+|[^",;<>:=]*+)<([^<>]*+)>(?:\s*+;(.*))?""" % QUOTED_STRING

# addr-spec without <>: its parameters are the header field's. RFC 3261 §20.10. Groups: URI, parameters.
ADDR_SPEC = rb"""([^\s;,<>"]+)\s*+(?:;(.*))?"""

# generic-param = token [ EQUAL gen-value ]; gen-value = token / host / quoted-string, and up to the `;` whatever a
# peer writes (an IPv6 address without brackets, RFC 5118 §4.5). Groups: name, value.
GENERIC_PARAM = rb"""\s*+([^\s;=",<>]*+)\s*+(?:=\s*+(%b|[^;",\s]*+)\s*+)?(?:;|$)""" % QUOTED_STRING

# via-parm = sent-protocol LWS sent-by *( SEMI via-params ); sent-protocol = name SLASH version SLASH transport
# Groups: name, version, transport, host, port, parameters with their first `;`.
VIA_PARM = rb"([^\s/;,]+)\s*/\s*([^\s/;,]+)\s*/\s*([^\s/;,]+)\s+(%b)\s*+(?::\s*+([0-9]{1,5})\s*+)?((?:;.*)?)" % HOST

# auth-param = auth-param-name EQUAL ( token / quoted-string ), and the values of digest-response
AUTH_PARAM = rb"""\s*+(%b)\s*+=\s*+(%b|[^",\s]*+)\s*+(?:,|$)""" % (TOKEN, QUOTED_STRING)
