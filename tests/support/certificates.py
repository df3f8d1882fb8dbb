"""Certificates of an authority of the tests' own, good ones and bad ones."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

import trustme


class Authority:
    """An authority; ``file`` holds its certificate, for ``SSL_CERT_FILE``. Each method gives a server's TLS context."""

    def __init__(self, directory: Path) -> None:
        """Make one."""
        self._ca = trustme.CA()
        self.file = directory / "authority.pem"
        self._ca.cert_pem.write_to_path(str(self.file))

    def good(self, host: str = "127.0.0.1") -> ssl.SSLContext:
        """A server that is who it says, for who trusts the authority."""
        return _server(self._ca.issue_cert(host))

    def expired(self, host: str = "127.0.0.1") -> ssl.SSLContext:
        """A certificate whose time is over."""
        early, late = dt.datetime(2020, 1, 1), dt.datetime(2020, 2, 1)  # noqa: DTZ001  # trustme wants it naive
        return _server(self._ca.issue_cert(host, not_before=early, not_after=late))

    def files(self, directory: Path, host: str = "127.0.0.1") -> tuple[Path, Path]:
        """Write a good certificate and its key into a directory; return the two files."""
        directory.mkdir(parents=True, exist_ok=True)
        certificate = self._ca.issue_cert(host)
        chain, key = directory / "certificate.pem", directory / "key.pem"
        for number, part in enumerate(certificate.cert_chain_pems):
            part.write_to_path(str(chain), append=number > 0)
        certificate.private_key_pem.write_to_path(str(key))
        return chain, key

    def of_another_host(self) -> ssl.SSLContext:
        """A certificate of somebody else."""
        return _server(self._ca.issue_cert("elsewhere.example"))


def self_signed(host: str = "127.0.0.1") -> ssl.SSLContext:
    """A certificate for the right host, signed by a key that nobody trusts."""
    return _server(trustme.CA().issue_cert(host))


def _server(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
