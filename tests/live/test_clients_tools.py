"""dig, kdig and dnspython as clients of a real `guardian dns`, over TCP and over TLS."""

from __future__ import annotations

import re
import signal
import socket
import ssl
import subprocess
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest

from tests.live.authority import ADDRESS, Authority
from tests.live.conftest import BANDS, Guardian
from tests.live.streams import (
    NAME,
    SECONDS,
    Private,
    answer,
    certify,
    connect,
    descriptors,
    is_over,
    question,
    wait_for_ends,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import trustme

    Program = Callable[[str], str]

GAMBLING = "gambling.guardian.example"


def run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rcodes(shown: str) -> list[str]:
    return re.findall(r"status: ([A-Z]+)", shown)


@pytest.mark.parametrize("options", [(), ("+keepopen",)])
def test_dig_asks_over_tcp(
    house: Path, start: Callable[..., Guardian], program: Program, options: tuple[str, ...]
) -> None:
    guardian = start(house).ready()
    shown = run(
        program("dig"), "+tcp", *options, "@127.0.0.1", "-p", str(guardian.port), GAMBLING, "school.example", "a.test"
    )
    assert rcodes(shown) == ["NXDOMAIN", "NOERROR", "NXDOMAIN"]
    assert ADDRESS in shown
    assert "EDE: 17 (Filtered): (gambling)" in shown
    assert shown.count("(TCP)") == 3


def test_kdig_asks_over_tcp(house: Path, start: Callable[..., Guardian], program: Program) -> None:
    guardian = start(house).ready()
    shown = run(
        program("kdig"), "+tcp", "+keepopen", "@127.0.0.1", "-p", str(guardian.port), GAMBLING, "school.example"
    )
    assert rcodes(shown) == ["NXDOMAIN", "NOERROR"]
    assert ADDRESS in shown


def test_kdig_asks_over_tls_and_believes_the_certificate(private: Private, program: Program) -> None:
    words = (f"+tls-ca={private.authority}", f"+tls-hostname={NAME}", "+keepopen", "@127.0.0.1", "-p")
    shown = run(program("kdig"), "+tls", *words, str(private.port), GAMBLING, "school.example")
    assert rcodes(shown) == ["NXDOMAIN", "NOERROR"]
    assert ADDRESS in shown
    assert shown.count("PADDING") == shown.count("Received 468 B") == 2


def test_a_question_without_edns_is_answered_without_padding(private: Private, program: Program) -> None:
    shown = run(
        program("kdig"), "+tls", "+nopadding", "+noedns", "@127.0.0.1", "-p", str(private.port), "school.example"
    )
    assert "PADDING" not in shown
    assert "EDNS" not in shown
    assert rcodes(shown) == ["NOERROR"]


def test_dnspython_asks_over_tls_from_a_childs_device(private: Private) -> None:
    query = dns.message.make_query(GAMBLING, "A", use_edns=0, pad=128)
    said = dns.query.tls(
        query,
        "127.0.0.1",
        timeout=SECONDS,
        port=private.port,
        source=BANDS["6-9"],
        ssl_context=private.context(),
        server_hostname=NAME,
    )
    assert said.rcode() == dns.rcode.NXDOMAIN
    assert len(said.to_wire()) <= 468


def test_a_hundred_pipelined_questions_over_tls_each_get_their_answer(private: Private) -> None:
    with private.connect() as stream:
        stream.sendall(b"".join(question(f"n{number}.example", number) for number in range(100)))
        assert {answer(stream).id for _ in range(100)} == set(range(100))


def test_a_second_connection_may_resume_the_first(private: Private) -> None:
    context = private.context()
    with context.wrap_socket(connect(private.port), server_hostname=NAME) as first:
        first.sendall(question("school.example"))
        answer(first)
        session = first.session
    with context.wrap_socket(connect(private.port), server_hostname=NAME, session=session) as second:
        second.sendall(question("school.example"))
        assert ADDRESS in str(answer(second).answer)
        assert second.session_reused


def test_tls_before_1_2_is_refused(private: Private) -> None:
    context = private.context()
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with connect(private.port) as stream, pytest.raises(ssl.SSLError):
        context.wrap_socket(stream, server_hostname=NAME)


def test_who_speaks_no_tls_is_closed_and_the_next_one_served(private: Private) -> None:
    with connect(private.port) as stream:
        stream.sendall(question("school.example"))
        while stream.recv(100):
            # an alert may come first
            continue
    test_dnspython_asks_over_tls_from_a_childs_device(private)
    assert "Traceback" not in private.guardian.log()


def test_a_client_that_has_sent_all_over_tls_gets_its_answers(private: Private, authority: Authority) -> None:
    with private.connect() as stream:
        stream.sendall(question("school.example", 5))
        socket.socket.shutdown(stream, socket.SHUT_WR)
        assert answer(stream).id == 5
    assert authority.names() == ["school.example"]


def test_five_hundred_handshakes_that_stall_are_gone_in_ten_seconds(private: Private) -> None:
    files = descriptors(private.guardian)
    streams = [connect(private.port, f"127.0.1.{number % 40}") for number in range(500)]
    try:
        for one in streams[::2]:
            # the head of a record that never comes
            one.send(b"\x16\x03\x01\x02\x00\x01")
        assert wait_for_ends(streams, 10) == []
        assert abs(descriptors(private.guardian) - files) <= 5
    finally:
        for one in streams:
            one.close()
    test_dnspython_asks_over_tls_from_a_childs_device(private)


def test_a_renewed_certificate_is_shown_after_a_reload_and_a_damaged_one_is_not(
    private: Private, ca: trustme.CA
) -> None:
    def shown() -> bytes:
        with private.connect() as stream:
            return stream.getpeercert(binary_form=True) or b""

    before = shown()
    assert shown() == before
    certify(ca, private.certificate, private.key)
    private.guardian.process.send_signal(signal.SIGHUP)
    private.guardian.wait_for("answering on", times=2)
    renewed = shown()
    assert renewed != before
    private.key.write_text("damaged")
    private.guardian.process.send_signal(signal.SIGHUP)
    private.guardian.wait_for("stays in force")
    assert shown() == renewed


def test_silence_ends_a_tls_connection_with_a_farewell(private: Private) -> None:
    with private.context().wrap_socket(
        connect(private.port), server_hostname=NAME, suppress_ragged_eofs=False
    ) as stream:
        stream.sendall(question(GAMBLING))
        answer(stream)
        assert is_over(stream)
