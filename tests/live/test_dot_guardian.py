"""A real `guardian dns` whose upstream is asked over TLS: whatever happens to TLS, no name goes out in plain."""

from __future__ import annotations

import contextlib
import secrets
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest
import trustme

from tests.live.authority import ADDRESS
from tests.live.capture import Capture
from tests.live.conftest import SECONDS, Guardian, ask, publish, write_config
from tests.live.stream_authority import NAME, Manner, StreamAuthority, certified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PLAIN = 53
RECOVERY = 5.0
"""Seconds until an upstream that is back is seen."""
FAIL_OVER = 1.0
"""Seconds until another upstream is asked."""
SLACK = 2.0
"""Seconds that a busy machine may take more."""


@pytest.fixture
def certifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Return an authority that guardian trusts."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authorities.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities.pem"))
    return made


@pytest.fixture
def capture() -> Iterator[Callable[..., Capture]]:
    """Return a starter of captures; without root there is none."""
    with contextlib.ExitStack() as stack:

        def begin(*ports: int) -> Capture:
            try:
                return stack.enter_context(Capture(*ports))
            except PermissionError:
                pytest.skip("a capture needs root")

        yield begin


def house_asking(folder: Path, compiled: Path, port: int, name: str = NAME) -> Path:
    """Write a configuration whose upstream is asked over TLS on a port of loopback."""
    publish(compiled, folder / "state")
    path = write_config(folder, "tls://UPSTREAM")
    text = path.read_text(encoding="utf-8")
    upstream = f'"tls://{name}:{port}", addresses: ["127.0.0.1"]'
    path.write_text(text.replace('"tls://UPSTREAM"', upstream), encoding="utf-8")
    return path


class BlackHole:
    """A port where nobody takes the connections: a packet to it is never answered."""

    def __init__(self, port: int) -> None:
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen(0)
        self._waiting = [socket.socket() for _ in range(4)]
        for one in self._waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))

    def close(self) -> None:
        """Be a port where nobody listens."""
        for one in (self._listener, *self._waiting):
            one.close()


class Nobody:
    """A port where nobody listens."""

    def close(self) -> None:
        """Nothing is open."""


def bad_upstream(kind: str, port: int, certifier: trustme.CA) -> StreamAuthority | BlackHole | Nobody:
    """Put something in the place of the upstream that must not be asked."""
    if kind == "refused":
        return Nobody()
    if kind == "black hole":
        return BlackHole(port)
    if kind == "plain":
        return StreamAuthority(None, Manner(greets=b"220 mail.example ESMTP\r\n"), port=port)
    contexts = {
        "stranger": lambda: certified(trustme.CA()),
        "wrong name": lambda: certified(certifier, "other.example"),
        "expired": lambda: certified(certifier, days=(-30, -1)),
        "clock behind": lambda: certified(certifier, days=(1, 30)),
        "stalls": lambda: certified(certifier),
    }
    return StreamAuthority(contexts[kind](), Manner(stalls=kind == "stalls"), port=port)


def spoken(capture: Capture, word: str, guardian: Guardian) -> list[str]:
    """Give where on the wire a word of a name was to be read, but for the devices' own talk with guardian."""
    return [
        f"protocol {packet.protocol}, {packet.source} to {packet.target}"
        for packet in capture.packets()
        if word.encode() in packet.payload.lower() and guardian.port not in {packet.source, packet.target}
    ]


def ask_until_told(guardian: Guardian, word: str, told: str) -> None:
    """Ask ever new names, none of which is answered, until guardian has said that its upstream fails, and why."""
    deadline = time.monotonic() + SECONDS
    number = 0
    while "no upstream works" not in guardian.log():
        assert ask(guardian.port, f"no-{number}.{word}.example").rcode() == dns.rcode.SERVFAIL
        number += 1
        assert time.monotonic() < deadline, guardian.log()
    assert told in guardian.wait_for("no upstream works")


def ask_until_answered(guardian: Guardian, word: str) -> float:
    """Ask ever new names until one is answered; the seconds that it took."""
    began = time.monotonic()
    number = 0
    while not ask(guardian.port, f"{number}.{word}.example").answer:
        number += 1
        assert time.monotonic() - began < SECONDS, "the upstream is back, and guardian does not see it"
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("stranger", "can't be believed"),
        ("wrong name", f"its certificate is not for {NAME}"),
        ("expired", "its certificate has expired, or this machine's clock (year "),
        ("clock behind", "its certificate is not valid yet, or this machine's clock (year "),
        ("plain", "speaks no TLS"),
        ("refused", "refuses the connection"),
        ("black hole", "does not answer"),
        ("stalls", "does not answer"),
    ],
)
def test_whatever_is_wrong_with_tls_no_name_goes_out_in_plain(
    kind: str,
    told: str,
    tmp_path: Path,
    compiled: Path,
    certifier: trustme.CA,
    capture: Callable[..., Capture],
    start: Callable[..., Guardian],
) -> None:
    word = secrets.token_hex(8)
    with StreamAuthority(certified(certifier)) as good:
        seen = capture(PLAIN, good.port)
        guardian = start(house_asking(tmp_path, compiled, good.port)).ready()
        assert ADDRESS in str(ask(guardian.port, f"known.{word}.example").answer)
        assert f"known.{word}.example" in good.names()
    bad = bad_upstream(kind, good.port, certifier)
    try:
        ask_until_told(guardian, word, told)
        assert ADDRESS in str(ask(guardian.port, f"known.{word}.example").answer)
    finally:
        bad.close()
    with StreamAuthority(certified(certifier), port=good.port):
        assert ask_until_answered(guardian, word) < RECOVERY + SLACK
    assert guardian.stop() == 0
    assert spoken(seen, word, guardian) == []
    assert word not in guardian.log()


def test_an_authority_that_this_machine_trusts_only_now_counts_after_a_reload(
    tmp_path: Path, compiled: Path, certifier: trustme.CA, start: Callable[..., Guardian]
) -> None:
    other = trustme.CA()
    with StreamAuthority(certified(other)) as upstream:
        guardian = start(house_asking(tmp_path, compiled, upstream.port)).ready()
        ask_until_told(guardian, "before", "can't be believed")
        certifier.cert_pem.write_to_path(tmp_path / "authorities.pem")
        other.cert_pem.write_to_path(tmp_path / "authorities.pem", append=True)
        guardian.reload()
        assert ask_until_answered(guardian, "after") < RECOVERY + SLACK


@pytest.mark.parametrize("kind", ["expired", "refused", "black hole", "stalls"])
def test_beside_a_good_upstream_a_bad_one_costs_no_name(
    kind: str, tmp_path: Path, compiled: Path, certifier: trustme.CA, start: Callable[..., Guardian]
) -> None:
    with StreamAuthority(certified(certifier)) as good, StreamAuthority() as drawn:
        drawn.close()
        bad = bad_upstream(kind, drawn.port, certifier)
        try:
            config = house_asking(tmp_path, compiled, drawn.port)
            second = f'upstreams:\n  - {{url: "tls://{NAME}:{good.port}", addresses: ["127.0.0.1"]}}'
            config.write_text(config.read_text(encoding="utf-8").replace("upstreams:", second), encoding="utf-8")
            guardian = start(config).ready()
            slowest = 0.0
            for number in range(60):
                began = time.monotonic()
                assert ADDRESS in str(ask(guardian.port, f"{number}.example").answer)
                slowest = max(slowest, time.monotonic() - began)
        finally:
            bad.close()
    assert slowest < FAIL_OVER + SLACK


def test_the_capture_would_have_seen_it(
    tmp_path: Path, compiled: Path, capture: Callable[..., Capture], start: Callable[..., Guardian]
) -> None:
    word = secrets.token_hex(8)
    with StreamAuthority() as authority:
        publish(compiled, tmp_path / "state")
        seen = capture(PLAIN, authority.port)
        guardian = start(write_config(tmp_path, f"tcp://127.0.0.1:{authority.port}")).ready()
        assert ask(guardian.port, f"{word}.example").answer
    assert spoken(seen, word, guardian)


@pytest.fixture
def unbound(tmp_path: Path, certifier: trustme.CA, program: Callable[[str], str]) -> Iterator[int]:
    """Serve some names by unbound over TLS; the port."""
    made = certifier.issue_cert(NAME)
    made.private_key_pem.write_to_path(tmp_path / "tls.key")
    made.cert_chain_pems[0].write_to_path(tmp_path / "tls.pem")
    with socket.create_server(("127.0.0.1", 0)) as drawn:
        port = drawn.getsockname()[1]
    texts = " ".join(f"'{letter * 250}'" for letter in "abcdefgh")
    config = tmp_path / "unbound.conf"
    config.write_text(
        f"""\
server:
  interface: 127.0.0.1@{port}
  tls-port: {port}
  tls-service-key: "{tmp_path}/tls.key"
  tls-service-pem: "{tmp_path}/tls.pem"
  do-daemonize: no
  chroot: ""
  username: ""
  directory: "{tmp_path}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  module-config: "iterator"
  local-zone: "example." static
  local-data: "www.peer.example. 300 A 192.0.2.9"
  local-data: "www.peer.example. 300 AAAA 2001:db8::9"
  local-data-ptr: "192.0.2.9 300 www.peer.example"
  local-data: 'long.peer.example. 300 TXT {texts.replace("'", chr(34))}'
remote-control:
  control-enable: no
""",
        encoding="utf-8",
    )
    process = subprocess.Popen([program("unbound"), "-d", "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + SECONDS
        while not _listens(port):
            assert process.poll() is None
            assert time.monotonic() < deadline
        yield port
    finally:
        process.terminate()
        process.wait(SECONDS)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def test_unbound_is_asked_over_tls_and_its_answers_arrive(
    tmp_path: Path, compiled: Path, unbound: int, start: Callable[..., Guardian]
) -> None:
    guardian = start(house_asking(tmp_path, compiled, unbound)).ready()
    assert "192.0.2.9" in str(ask(guardian.port, "www.peer.example").answer)
    assert "2001:db8::9" in str(ask(guardian.port, "www.peer.example", "AAAA").answer)
    assert ask(guardian.port, "no.peer.example").rcode() == dns.rcode.NXDOMAIN
    cut = ask(guardian.port, "long.peer.example", "TXT")
    assert cut.flags & dns.flags.TC


def test_fifty_questions_at_once_are_answered_by_unbound_over_tls(
    tmp_path: Path, compiled: Path, unbound: int, start: Callable[..., Guardian]
) -> None:
    guardian = start(house_asking(tmp_path, compiled, unbound)).ready()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(SECONDS)
        for number in range(50):
            query = dns.message.make_query(f"{number}.peer.example", "A", id=number)
            asker.sendto(query.to_wire(), ("127.0.0.1", guardian.port))
        answers = [dns.message.from_wire(asker.recv(4096)) for _ in range(50)]
    assert {one.id for one in answers} == set(range(50))
    assert {one.rcode() for one in answers} == {dns.rcode.NXDOMAIN}
