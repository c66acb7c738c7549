"""Speak TLS over octets that somebody else carries (RFC 8446, RFC 7858), as a client or as a server.

Law 1: no socket and no waiting in here: octets go in, octets come out, and each side is bounded by what it was given.
Law 2: TLS 1.2 is the least, nothing is renegotiated, and a client goes on only with a certificate for the name it
       meant (RFC 8310, the strict profile).
Law 3: what is wrong becomes one sentence that a person can act on.
"""

from __future__ import annotations

import contextlib
import ssl
import time
from pathlib import Path

from guardian.errors import GuardianError, StoreError

_PIECE = 65_536
_EXPIRED, _NOT_YET_VALID, _OTHER_NAME, _OTHER_ADDRESS = 10, 9, 62, 64
_UNSIGNED = frozenset({18, 19, 20, 21})
"""OpenSSL's numbers of what is wrong with a certificate (X509_V_ERR_...)."""
_OLD = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "VERSION_TOO_LOW"})
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})


class TlsError(GuardianError):
    """The other side is not who it should be, or speaks no TLS that is taken; the message goes on after its name."""


def client_context(cafile: str | None = None) -> ssl.SSLContext:
    """Give what every client connection shares; `cafile` holds the authorities to trust, else the machine's own.

    Raises StoreError where it can't be read.
    """
    try:
        context = ssl.create_default_context(cafile=cafile)
    except OSError as error:
        raise StoreError(f"{cafile}: no certificates of authorities can be read there: {error.strerror}") from error
    return _strict(context)


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """Give what every server connection shares: the files of the certificate, with its chain, and of its key.

    Raises StoreError with what to do where they can't be read or don't belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for path in (certificate, key):
        try:
            Path(path).open("rb").close()
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror}; guardian must be able to read it") from error
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise StoreError(f"{key}: not the key of {certificate}; give both files of one pair") from error
        raise StoreError(f"{certificate}, {key}: {_in_words(error)}; give a certificate and its key, as PEM") from error
    context.sslobject_class = _Called
    context.sni_callback = _hear_name
    return _strict(context)


class _Called(ssl.SSLObject):
    """A server's side of one connection."""

    called = ""
    """By which name the client wants the server, in lower case; empty where it says none."""


def _hear_name(side: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
    if isinstance(side, _Called) and name:
        side.called = name.lower()


class TlsPipe:
    """One connection: ciphertext in at `receive`, out at `outgoing`; plaintext in at `send`, out of `receive`."""

    __slots__ = ("_incoming", "_outgoing", "_server_name", "_tls", "ended", "ready")

    def __init__(
        self,
        context: ssl.SSLContext,
        *,
        server_side: bool = False,
        server_name: str | None = None,
        session: ssl.SSLSession | None = None,
    ) -> None:
        """Begin; a client's first octets are at `outgoing` at once.

        A client names the server, by its name or its address, as the certificate must; `session`, of an earlier
        connection of the same context, shortens the handshake (RFC 8446 section 2.2).
        """
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._server_name = server_name
        self._tls = context.wrap_bio(
            self._incoming, self._outgoing, server_side=server_side, server_hostname=server_name, session=session
        )
        self.ready = False
        """The handshake is over: `send` may be called."""
        self.ended = False
        """The other side sends no more."""
        if not server_side:
            self._shake_hands()

    @property
    def session(self) -> ssl.SSLSession | None:
        """What a later connection may resume; tickets of TLS 1.3 come with the first answers."""
        return self._tls.session

    @property
    def called(self) -> str:
        """By which name the client wants this server, in lower case; empty where it says none."""
        return self._tls.called if isinstance(self._tls, _Called) else ""

    def receive(self, data: bytes) -> bytes:
        """Take in what came, b"" for the end of the stream; give the plaintext that is whole now.

        Raises TlsError; `outgoing` may hold a last word for the other side then.
        """
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
        if not self.ready and not self._shake_hands():
            return b""
        plain = b""
        try:
            # a read gives one record; one without need raises, which is dear
            while self._incoming.pending or not data:
                piece = self._tls.read(_PIECE)
                if not piece:
                    self.ended = True
                    break
                plain += piece
        except ssl.SSLWantReadError:
            pass
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            # messages have lengths: an end without a close_notify hides nothing
            self.ended = True
        except ssl.SSLError as error:
            raise TlsError(_why(error, self._server_name)) from error
        return plain

    def send(self, plain: bytes) -> None:
        """Encrypt it into `outgoing`; only once `ready`. Raises TlsError."""
        try:
            self._tls.write(plain)
        except ssl.SSLError as error:
            raise TlsError(_why(error, self._server_name)) from error

    def outgoing(self) -> bytes:
        """Give what is to be written to the other side now, and forget it."""
        return self._outgoing.read()

    def finish(self) -> None:
        """Put a close_notify into `outgoing`; without it no session may be resumed (RFC 5246 section 7.2.1)."""
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()

    def _shake_hands(self) -> bool:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError as error:
            raise TlsError(_why(error, self._server_name)) from error
        self.ready = True
        return True


def _strict(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    return context


def _no_password() -> str:
    """Answer OpenSSL, which else would ask at the terminal."""
    return ""


def _why(error: ssl.SSLError, server_name: str | None) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _why_not_believed(error, server_name)
    if isinstance(error, ssl.SSLEOFError):
        return "it closed the connection in the middle of the TLS handshake"
    if error.reason in _OLD:
        return "it speaks only versions of TLS that are no longer safe (before 1.2)"
    if error.reason in _NO_TLS:
        return "what answers there speaks no TLS"
    return f"TLS with it failed: {_in_words(error)}"


def _why_not_believed(error: ssl.SSLCertVerificationError, server_name: str | None) -> str:
    if error.verify_code in {_OTHER_NAME, _OTHER_ADDRESS}:
        return f"its certificate is not for {server_name}"
    if error.verify_code in {_EXPIRED, _NOT_YET_VALID}:
        fault = "has expired" if error.verify_code == _EXPIRED else "is not valid yet"
        return f"its certificate {fault}, or this machine's clock (year {time.gmtime().tm_year}) is wrong"
    if error.verify_code in _UNSIGNED:
        return (
            "its certificate can't be believed: no authority that this machine trusts has signed it "
            "(without the package ca-certificates it trusts none)"
        )
    return f"its certificate can't be believed: {error.verify_message}"


def _in_words(error: ssl.SSLError) -> str:
    return (error.reason or "no reason given").lower().replace("_", " ")
