# -*- test-case-name: tests.http.test_tls -*-
"""tls: what a connection to an https: URL trusts and shows, by the parameters that curl has."""

from __future__ import annotations

from typing import Any

from OpenSSL import SSL
from service_identity import VerificationError
from service_identity.pyopenssl import verify_hostname, verify_ip_address
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.errors import HttpError
from sipapp.http import codes
from sipapp.interfaces.http import Profile

_VERSIONS = {
    1: SSL.TLS1_VERSION,
    4: SSL.TLS1_VERSION,
    5: SSL.TLS1_1_VERSION,
    6: SSL.TLS1_2_VERSION,
    7: SSL.TLS1_3_VERSION,
}


def context(profile: Profile) -> SSL.Context:
    """Raises HttpError: a file cannot be read (58, 77), no such cipher (59)."""
    made = SSL.Context(SSL.TLS_CLIENT_METHOD)
    made.set_min_proto_version(_VERSIONS.get(profile.tls_version, SSL.TLS1_2_VERSION))
    made.set_mode(SSL.MODE_RELEASE_BUFFERS)
    if profile.verify_peer:
        _trust(made, profile)
        made.set_verify(SSL.VERIFY_PEER, lambda connection, certificate, number, depth, good: bool(good))
    if profile.certificate:
        try:
            made.use_certificate_chain_file(profile.certificate)
            made.use_privatekey_file(profile.key or profile.certificate)
            made.check_privatekey()
        except SSL.Error:
            raise HttpError(codes.OWN_CERTIFICATE, f"client certificate {profile.certificate}") from None
    if profile.ciphers:
        try:
            made.set_cipher_list(profile.ciphers.encode())
        except SSL.Error:
            raise HttpError(codes.CIPHER, f"ciphers {profile.ciphers}") from None
    return made


def _trust(made: SSL.Context, profile: Profile) -> None:
    if not profile.ca_file and not profile.ca_path:
        made.set_default_verify_paths()
        return
    try:
        made.load_verify_locations(profile.ca_file or None, profile.ca_path or None)
    except SSL.Error:
        raise HttpError(codes.CA_FILE, f"CA certificates {profile.ca_file or profile.ca_path}") from None


@implementer(IOpenSSLClientConnectionCreator)
class Trust:
    """Makes TLS connections to one host. RFC 6125 by service_identity, unless the profile does without."""

    def __init__(self, profile: Profile, host: str) -> None:
        self._host = host
        self._is_address = isIPAddress(host) or isIPv6Address(host)
        self._context = context(profile)
        if profile.verify_peer and profile.verify_host:
            self._context.set_info_callback(self._check)

    def clientConnectionForTLS(self, protocol: Any) -> SSL.Connection:
        connection = SSL.Connection(self._context, None)
        connection.set_app_data(protocol)
        if not self._is_address:
            connection.set_tlsext_host_name(self._host.encode("ascii"))
        return connection

    def _check(self, connection: SSL.Connection, where: int, result: int) -> None:
        """OpenSSL tells how the handshake goes. What is raised in here would be lost."""
        if not where & SSL.SSL_CB_HANDSHAKE_DONE:
            return
        try:
            (verify_ip_address if self._is_address else verify_hostname)(connection, self._host)
        except VerificationError:
            connection.get_app_data().failVerification(Failure())
        except Exception:  # a certificate that cannot be read is none
            connection.get_app_data().failVerification(Failure(VerificationError(errors=[])))
