"""A real `guardian dns` under many questions: none is lost, and nothing is left over."""

from __future__ import annotations

import select
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import dns.message
import dns.rcode
import pytest

from tests.live.authority import ADDRESS, Authority, Behaviour
from tests.live.conftest import PROGRAM, Guardian, ask, command, publish, write_config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

GAMBLING = "gambling.guardian.example"
WINDOW = 40
"""Questions on their way at once: fewer than a socket's smallest buffer holds."""
SECONDS = 30


class Said(NamedTuple):
    """How one name was answered."""

    name: str
    rcode: dns.rcode.Rcode
    text: str


def ask_all(port: int, names: Sequence[str], at: dict[int, Callable[[], None]] | None = None) -> list[Said]:
    """Ask each name once, never again; run `at[n]` after n questions. What came back, in the order it came."""
    said: list[Said] = []
    deadline = time.monotonic() + SECONDS
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.connect(("127.0.0.1", port))
        sent = 0
        while len(said) < len(names):
            while sent < len(names) and sent - len(said) < WINDOW:
                query = dns.message.make_query(names[sent], "A", use_edns=0, id=sent)
                asker.send(query.to_wire())
                sent += 1
                if at and sent in at:
                    at[sent]()
            readable, _, _ = select.select([asker], [], [], max(0.0, deadline - time.monotonic()))
            assert readable, f"{len(names) - len(said)} of {len(names)} questions were not answered"
            answer = dns.message.from_wire(asker.recv(4096))
            assert answer.question[0].name.to_text(omit_final_dot=True) == names[answer.id]
            said.append(Said(names[answer.id], answer.rcode(), str(answer.answer)))
    return said


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile a set that blocks `later.example`, too."""
    folder = tmp_path_factory.mktemp("larger")
    (folder / "own.txt").write_text("later.example\n")
    extra = "lists: {sources: [{name: own, category: gambling, path: own.txt}]}"
    done = command("lists", "compile", "--config", write_config(folder, "udp://127.0.0.1:9", extra=extra))
    assert done.returncode == 0, done.stderr
    return folder / "state" / "sets" / "current.set"


def test_a_new_set_is_taken_in_while_a_thousand_questions_run_and_none_is_lost(
    house: Path, authority: Authority, start: Callable[..., Guardian], larger: Path
) -> None:
    authority.otherwise = Behaviour(delay=0.02)
    guardian = start(house).ready()
    assert ADDRESS in str(ask(guardian.port, "later.example").answer)

    def take_in() -> None:
        publish(larger, house.parent / "state")
        guardian.reload()

    kinds = ("open-{}.example", f"b{{}}.{GAMBLING}", "warm.example", "{}.alo116.al", "x{}.later.example")
    names = [kinds[number % 5].format(number) for number in range(1000)]
    said = ask_all(guardian.port, names, {300: take_in, 600: take_in})
    assert sorted(one.name for one in said) == sorted(names)
    for one in said:
        if one.name.endswith(GAMBLING):
            assert one.rcode == dns.rcode.NXDOMAIN
        elif not one.name.endswith("later.example"):
            assert ADDRESS in one.text
    guardian.wait_for("answering on", times=2)
    assert ask(guardian.port, "later.example").rcode() == dns.rcode.NXDOMAIN
    assert "Traceback" not in guardian.log()


def test_identical_questions_of_many_devices_are_one_upstream(
    house: Path, authority: Authority, start: Callable[..., Guardian]
) -> None:
    authority.behaviours["wanted.example"] = Behaviour(held=True)
    guardian = start(house).ready()
    packet = dns.message.make_query("wanted.example", "A", use_edns=0).to_wire()
    askers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(10)]
    try:
        for number, asker in enumerate(askers):
            asker.settimeout(SECONDS)
            asker.bind((f"127.0.0.{20 + number}", 0))
            for _ in range(20):
                asker.sendto(packet, ("127.0.0.1", guardian.port))
        # answered in the order of coming: when this one is, all the others have been read
        assert ask(guardian.port, GAMBLING).rcode() == dns.rcode.NXDOMAIN
        authority.wait_until(bool)
        authority.release()
        answers = [asker.recv(4096) for asker in askers for _ in range(20)]
    finally:
        for asker in askers:
            asker.close()
    assert len(answers) == 200
    assert all(socket.inet_aton(ADDRESS) in one for one in answers)
    assert authority.names().count("wanted.example") == 1


def descriptors(guardian: Guardian) -> int:
    return len(list(Path(f"/proc/{guardian.process.pid}/fd").iterdir()))


@pytest.mark.parametrize("ports", ["fresh", "pool"])
def test_no_socket_is_left_over_after_a_thousand_questions(
    tmp_path: Path, authority: Authority, compiled: Path, start: Callable[..., Guardian], ports: str
) -> None:
    publish(compiled, tmp_path / "state")
    config = write_config(tmp_path, authority.url)
    config.write_text(config.read_text().replace('"127.0.0.1:0"]}', f'"127.0.0.1:0"], ports: {ports}}}', 1))
    guardian = start(config).ready()
    ask_all(guardian.port, [f"warm-{number}.example" for number in range(200)])
    base = descriptors(guardian)
    ask_all(guardian.port, [f"cold-{number}.example" for number in range(1000)])
    assert descriptors(guardian) == base
    distinct = {one.port for one in authority.asked[200:]}
    assert len(distinct) >= 950 if ports == "fresh" else len(distinct) <= 32


@pytest.fixture
def stinted(house: Path) -> Iterator[Guardian]:
    """Start guardian where a process may have 64 files unless it asks for more."""
    quoted = [*PROGRAM, "dns", "--config", str(house)]
    with Guardian(house, program=("sh", "-c", 'ulimit -S -n 64; exec "$@"', "sh", *quoted)) as guardian:
        yield guardian.ready()


def test_more_questions_may_be_open_than_the_shell_lets_files(stinted: Guardian, authority: Authority) -> None:
    authority.otherwise = Behaviour(held=True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(SECONDS)
        for number in range(150):
            asker.sendto(dns.message.make_query(f"open-{number}.example", "A").to_wire(), ("127.0.0.1", stinted.port))
        authority.wait_until(lambda asked: len(asked) >= 150)
        authority.release()
        answers = [dns.message.from_wire(asker.recv(4096)) for _ in range(150)]
    assert {one.rcode() for one in answers} == {dns.rcode.NOERROR}


def test_silent_upstreams_end_in_servfail_that_says_so(
    house: Path, authority: Authority, start: Callable[..., Guardian]
) -> None:
    authority.otherwise = Behaviour(silent=True)
    guardian = start(house).ready()
    answer = ask(guardian.port, "silent.example")
    assert answer.rcode() == dns.rcode.SERVFAIL
    assert [option.to_text() for option in answer.options] == ["EDE 22 (No Reachable Authority)"]
    # the blocked and the house's own need no upstream
    assert ask(guardian.port, GAMBLING).rcode() == dns.rcode.NXDOMAIN


def test_an_upstream_that_fails_ends_in_servfail_that_says_so(
    house: Path, authority: Authority, start: Callable[..., Guardian]
) -> None:
    authority.otherwise = Behaviour(rcode=dns.rcode.SERVFAIL)
    guardian = start(house).ready()
    answer = ask(guardian.port, "fails.example")
    assert answer.rcode() == dns.rcode.SERVFAIL
    assert [option.to_text() for option in answer.options] == ["EDE 23 (Network Error)"]
    # a failure is kept for a moment (RFC 9520), each question its own
    assert ask(guardian.port, "fails.example").rcode() == dns.rcode.SERVFAIL
    assert authority.names() == ["fails.example"]
    authority.otherwise = Behaviour()
    assert ADDRESS in str(ask(guardian.port, "works.example").answer)


def test_where_the_first_upstream_is_dead_the_second_answers(
    tmp_path: Path, authority: Authority, compiled: Path, start: Callable[..., Guardian]
) -> None:
    publish(compiled, tmp_path / "state")
    with Authority() as dead:
        dead.otherwise = Behaviour(silent=True)
        config = write_config(tmp_path, dead.url)
        config.write_text(config.read_text().replace("family:", f'  - {{url: "{authority.url}"}}\nfamily:'))
        guardian = start(config).ready()
        assert ADDRESS in str(ask(guardian.port, "second.example").answer)
        assert [one for one in dead.names() if one] == ["second.example"], "guardian's own probe is the root's"


def test_a_forward_zone_is_asked_at_its_own_upstream(
    tmp_path: Path, authority: Authority, compiled: Path, start: Callable[..., Guardian]
) -> None:
    publish(compiled, tmp_path / "state")
    with Authority() as router:
        extra = f'forward: [{{zone: home.lan, upstream: "{router.url}"}}]'
        guardian = start(write_config(tmp_path, authority.url, extra=extra)).ready()
        ask(guardian.port, "nas.home.lan")
        ask(guardian.port, "nothome.lan")
        assert router.names() == ["nas.home.lan"]
        assert authority.names() == ["nothome.lan"]


def test_it_ends_when_told_to_while_questions_wait(
    house: Path, authority: Authority, start: Callable[..., Guardian]
) -> None:
    authority.otherwise = Behaviour(held=True)
    guardian = start(house).ready()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(SECONDS)
        asker.sendto(dns.message.make_query("waits.example", "A").to_wire(), ("127.0.0.1", guardian.port))
        authority.wait_until(bool)
        assert guardian.stop() == 0
        assert dns.message.from_wire(asker.recv(4096)).rcode() == dns.rcode.SERVFAIL
    assert "Traceback" not in guardian.log()
