"""TLS between two ends that carry each other's octets by hand."""

from __future__ import annotations

import ssl
import warnings
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import trustme

from guardian.errors import StoreError
from guardian.system.tls import TlsError, TlsPipe, client_context, server_context

if TYPE_CHECKING:
    from pathlib import Path

NAME = "dns.example"
LONG = bytes(range(256)) * 300
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def client(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return client_context(str(path))


def serving(folder: Path, authority: trustme.CA, *names: str, days: tuple[int, int] = (-1, 30)) -> ssl.SSLContext:
    made = authority.issue_cert(
        *names or (NAME,), not_before=NOW + timedelta(days[0]), not_after=NOW + timedelta(days[1])
    )
    certificate, key = folder / "cert.pem", folder / "key.pem"
    key.write_bytes(made.private_key_pem.bytes())
    certificate.write_bytes(b"".join(one.bytes() for one in made.cert_chain_pems))
    return server_context(str(certificate), str(key))


def pair(
    client: ssl.SSLContext, server: ssl.SSLContext, name: str = NAME, session: ssl.SSLSession | None = None
) -> tuple[TlsPipe, TlsPipe]:
    return TlsPipe(client, server_name=name, session=session), TlsPipe(server, server_side=True)


def shake(ours: TlsPipe, theirs: TlsPipe, size: int = 65_536) -> None:
    """Carry octets to and fro, `size` at a time, until nobody has anything to say."""
    for _ in range(10):
        for source, goal in ((ours, theirs), (theirs, ours)):
            said = source.outgoing()
            for at in range(0, len(said), size):
                assert goal.receive(said[at : at + size]) == b""
    assert ours.ready
    assert theirs.ready


def test_what_one_side_sends_the_other_receives(client: ssl.SSLContext, authority: trustme.CA, tmp_path: Path) -> None:
    ours, theirs = pair(client, serving(tmp_path, authority))
    shake(ours, theirs)
    ours.send(b"a question")
    assert theirs.receive(ours.outgoing()) == b"a question"
    theirs.send(LONG)
    assert ours.receive(theirs.outgoing()) == LONG


def test_one_octet_at_a_time_is_enough(client: ssl.SSLContext, authority: trustme.CA, tmp_path: Path) -> None:
    ours, theirs = pair(client, serving(tmp_path, authority))
    shake(ours, theirs, size=1)
    theirs.send(b"an answer")
    said = theirs.outgoing()
    assert b"".join(ours.receive(said[at : at + 1]) for at in range(len(said))) == b"an answer"


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_an_address_may_be_what_the_certificate_names(
    client: ssl.SSLContext, authority: trustme.CA, tmp_path: Path, address: str
) -> None:
    ours, theirs = pair(client, serving(tmp_path, authority, address), address)
    shake(ours, theirs)


@pytest.mark.parametrize(
    ("names", "days", "meant", "sentence"),
    [
        (("other.example",), (-1, 30), NAME, "its certificate is not for dns.example"),
        ((NAME,), (-1, 30), "192.0.2.1", "its certificate is not for 192.0.2.1"),
        ((NAME,), (-30, -1), NAME, "its certificate has expired, or this machine's clock (year {year}) is wrong"),
        ((NAME,), (1, 30), NAME, "its certificate is not valid yet, or this machine's clock (year {year}) is wrong"),
    ],
)
def test_a_certificate_that_proves_nothing_is_refused_in_a_sentence(
    client: ssl.SSLContext,
    authority: trustme.CA,
    tmp_path: Path,
    names: tuple[str, ...],
    days: tuple[int, int],
    meant: str,
    sentence: str,
) -> None:
    ours, theirs = pair(client, serving(tmp_path, authority, *names, days=days), meant)
    with pytest.raises(TlsError) as caught:
        shake(ours, theirs)
    assert str(caught.value) == sentence.format(year=datetime.now(UTC).year)
    assert not ours.ready
    assert ours.outgoing()  # the alert, which tells the other side why


def test_a_stranger_s_authority_is_not_believed(client: ssl.SSLContext, tmp_path: Path) -> None:
    ours, theirs = pair(client, serving(tmp_path, trustme.CA()))
    with pytest.raises(TlsError, match="can't be believed"):
        shake(ours, theirs)


def test_old_tls_is_refused(client: ssl.SSLContext, authority: trustme.CA, tmp_path: Path) -> None:
    server = serving(tmp_path, authority)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        server.minimum_version = ssl.TLSVersion.TLSv1
        server.maximum_version = ssl.TLSVersion.TLSv1_1
    server.set_ciphers("ALL:@SECLEVEL=0")
    ours = TlsPipe(client, server_name=NAME)
    peer_in, peer_out = ssl.MemoryBIO(), ssl.MemoryBIO()
    peer = server.wrap_bio(peer_in, peer_out, server_side=True)
    peer_in.write(ours.outgoing())
    with pytest.raises(ssl.SSLError):
        peer.do_handshake()
    with pytest.raises(TlsError, match="no longer safe"):
        ours.receive(peer_out.read())


def test_what_is_no_tls_is_said_to_be_none(client: ssl.SSLContext) -> None:
    ours = TlsPipe(client, server_name=NAME)
    with pytest.raises(TlsError, match="speaks no TLS"):
        ours.receive(b"SSH-2.0-OpenSSH_9.2\r\n")


def test_an_end_in_the_middle_of_the_handshake_is_a_fault(client: ssl.SSLContext) -> None:
    ours = TlsPipe(client, server_name=NAME)
    with pytest.raises(TlsError, match="middle of the TLS handshake"):
        ours.receive(b"")


@pytest.mark.parametrize("politely", [True, False])
def test_an_end_is_seen_and_what_came_before_it_is_kept(
    client: ssl.SSLContext,
    authority: trustme.CA,
    tmp_path: Path,
    politely: bool,  # noqa: FBT001 - a table's column
) -> None:
    ours, theirs = pair(client, serving(tmp_path, authority))
    shake(ours, theirs)
    theirs.send(b"the last answer")
    if politely:
        theirs.finish()
    assert ours.receive(theirs.outgoing()) == b"the last answer"
    assert ours.ended == politely
    ours.receive(b"")
    assert ours.ended


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_later_connection_resumes_the_session(
    client: ssl.SSLContext, authority: trustme.CA, tmp_path: Path, version: ssl.TLSVersion
) -> None:
    server = serving(tmp_path, authority)
    server.minimum_version = server.maximum_version = version
    ours, theirs = pair(client, server)
    shake(ours, theirs)
    theirs.send(b"an answer")
    ours.receive(theirs.outgoing())
    session = ours.session
    ours.finish()
    again, theirs = pair(client, server, session=session)
    shake(again, theirs)
    assert again._tls.session_reused


@pytest.mark.parametrize("name", ["Era.DNS.example", NAME])
def test_a_server_hears_by_which_name_it_is_called(
    client: ssl.SSLContext, authority: trustme.CA, tmp_path: Path, name: str
) -> None:
    server = serving(tmp_path, authority, NAME, f"*.{NAME}")
    ours, theirs = pair(client, server, name)
    assert theirs.called == ""
    shake(ours, theirs)
    assert theirs.called == name.lower()
    resumed, again = pair(client, server, name, ours.session)
    shake(resumed, again)
    assert again.called == name.lower()
    assert ours.called == ""


def test_a_client_that_means_an_address_calls_a_server_nothing(
    client: ssl.SSLContext, authority: trustme.CA, tmp_path: Path
) -> None:
    ours, theirs = pair(client, serving(tmp_path, authority, "127.0.0.1"), "127.0.0.1")
    shake(ours, theirs)
    assert theirs.called == ""


def test_a_changed_octet_is_no_answer(client: ssl.SSLContext, authority: trustme.CA, tmp_path: Path) -> None:
    ours, theirs = pair(client, serving(tmp_path, authority))
    shake(ours, theirs)
    theirs.send(b"an answer")
    said = bytearray(theirs.outgoing())
    said[-1] ^= 1
    with pytest.raises(TlsError):
        ours.receive(bytes(said))


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cert\.pem: No such file"):
        server_context(str(tmp_path / "cert.pem"), str(tmp_path / "key.pem"))


def test_a_key_of_another_certificate_is_named(authority: trustme.CA, tmp_path: Path) -> None:
    serving(tmp_path, authority)
    authority.issue_cert(NAME).private_key_pem.write_to_path(tmp_path / "key.pem")
    with pytest.raises(StoreError, match="not the key of"):
        server_context(str(tmp_path / "cert.pem"), str(tmp_path / "key.pem"))


def test_what_is_no_certificate_is_named(tmp_path: Path) -> None:
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_text("nothing\n")
    with pytest.raises(StoreError, match="as PEM"):
        server_context(str(tmp_path / "cert.pem"), str(tmp_path / "key.pem"))


def test_authorities_that_can_t_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere\.pem"):
        client_context(str(tmp_path / "nowhere.pem"))
