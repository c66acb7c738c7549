"""Send damaged packets to a real `guardian dns`: questions from several devices, and answers from its upstream.

Law 1: only loopback; a burst waits for the answer to a sound question behind it, so that nothing is sent blindly.
Law 2: a run in which the kernel dropped a packet on guardian's own socket is void: it proves nothing.
Law 3: an answer is right if it is the truth, or if dnspython reads it in a damaged message that fits the question.
Law 4: chance is an argument; what is found is told with the packet.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import dns.exception
import dns.message

from guardian.wire import codes
from guardian.wire.framing import Framing, framed
from guardian.wire.names import to_wire
from tests.fuzz.messages import damaged, sound_queries
from tests.fuzz.oracle import HEADER_SIZE, NAMING, opaque, way_of
from tests.live.authority import Authority
from tests.live.conftest import BANDS, write_config
from tests.live.stream_authority import StreamAuthority
from tests.soak.questions import address_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from random import Random

    from tests.live.conftest import Guardian

BURST = 50
PROBE_EVERY = 1_000
SECONDS = 10
MOST_FINDINGS = 20
MOST_GROWTH = 5 * 1024
"""KiB that memory may grow after the first PROBE_EVERY packets."""
DEVICES = (*BANDS.values(), "127.0.0.1", "127.0.0.77")
CHILD = BANDS["6-9"]
GROWN_UP = BANDS["adult"]
CLOSED = "mutations.gambling.guardian.example"
FORGED = bytes((203, 0, 113, 66))
BANKS = 20
"""Names that damaged answers speak of, although nobody asked for them."""
DAMAGED_ANSWERS = 2
"""Damaged answers that come before the true one."""
_NAMES_A_ROUND = 25
_A = b"\x00\x01\x00\x01"
_POINTER = b"\xc0\x0c"


class Sent(NamedTuple):
    """A damaged answer and what it was sent in answer to."""

    asked: bytes
    answer: bytes


@dataclass
class LiveRun:
    """What a run has sent and found."""

    questions: int = 0
    messages: int = 0
    """Damaged questions that went over streams."""
    answers: int = 0
    probes: int = 0
    taken: int = 0
    """Damaged answers that guardian took as the oracle reads them, instead of the truth."""
    growth: int = 0
    """KiB."""
    drops: int = 0
    findings: list[str] = field(default_factory=list)
    until: float = float("inf")

    @property
    def goes_on(self) -> bool:
        """Whether there is time left, and something to learn."""
        return len(self.findings) < MOST_FINDINGS and time.monotonic() < self.until

    def find(self, text: str) -> None:
        """Keep a finding, up to MOST_FINDINGS."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(text)


class Honest(StreamAuthority):
    """Tells the truth over TCP, where guardian asks after an answer that is cut off or looks like guessing."""

    def _answer(self, question: bytes) -> bytes:
        return truth(question)


class Saboteur(Authority):
    """Tells the truth, each name's own address; over UDP damaged answers before it, if it should."""

    def __init__(self, random: Random) -> None:
        """Be honest at first."""
        self.random = random
        self.sabotages = False
        self.sent: dict[bytes, list[Sent]] = {}
        """By the name asked, lower case; the caller empties it."""
        self.count = 0
        super().__init__()
        self._honest = Honest(port=self.port)

    def close(self) -> None:
        """Serve no longer."""
        self._honest.close()
        super().close()

    def _receive(self, packet: bytes, client: tuple[str, int]) -> None:
        question = question_of(packet)
        if self.sabotages and question[-4:] == _A:
            for _ in range(DAMAGED_ANSWERS):
                answer = damaged(self.sound(packet, question), self.random)
                self.sent.setdefault(question[:-4].lower(), []).append(Sent(packet, answer))
                self.count += 1
                self._send(answer, client)
        self._send(truth(packet), client)

    def sound(self, packet: bytes, question: bytes) -> list[bytes]:
        """Give true answers of several shapes; each speaks of a bank as well, where nobody may look."""
        address = address_of(question)
        bank = record(bank_name(self.random.randrange(BANKS)), codes.A, FORGED)
        alias = b"\x05alias\x07example\x00"
        plain = record(_POINTER, codes.A, address)
        led = record(_POINTER, codes.CNAME, alias) + record(alias, codes.A, address)
        soa = record(b"\x07example\x00", codes.SOA, b"\x00\x00" + bytes(16) + b"\x00\x00\x00\x3c")
        return [
            header(packet, 1) + question + plain,
            header(packet, 2) + question + plain + bank,
            header(packet, 3) + question + bank + led,
            header(packet, 1, 0, 1) + question + plain + bank,
            header(packet, 1, 1, 1) + question + plain + record(_POINTER, codes.NS, alias) + bank,
            header(packet, 0, 1) + question + soa,
        ]


def truth(asked: bytes) -> bytes:
    """Give the true answer to a packet that guardian wrote: the name's own address, nothing of another type."""
    question = question_of(asked)
    if question[-4:] != _A:
        return header(asked, 0) + question
    return header(asked, 1) + question + record(_POINTER, codes.A, address_of(question))


def header(asked: bytes, answers: int, authorities: int = 0, others: int = 0) -> bytes:
    """Give the header of an answer to `asked`."""
    counts = (1, answers, authorities, others)
    return asked[:2] + b"\x81\x80" + b"".join(count.to_bytes(2, "big") for count in counts)


def record(owner: bytes, rtype: int, data: bytes, ttl: int = 300) -> bytes:
    """Give one record of class IN."""
    return owner + rtype.to_bytes(2, "big") + b"\x00\x01" + ttl.to_bytes(4, "big") + len(data).to_bytes(2, "big") + data


def question_of(packet: bytes) -> bytes:
    """Cut the question out of a packet that guardian wrote."""
    end = HEADER_SIZE
    while packet[end]:
        end += packet[end] + 1
    return packet[HEADER_SIZE : end + 5]


def bank_name(number: int) -> bytes:
    """Give the name of a bank in wire form."""
    return to_wire(f"bank-{number}.example")


def lay_house(folder: Path, upstream: str) -> Path:
    """Write a configuration without a share for each device, which would answer most packets unread."""
    path = write_config(folder, upstream)
    text = path.read_text("utf-8")
    path.write_text(text.replace("dns: {", "dns: {rate_limit: 0, cache_entries: 1000, "), "utf-8")
    return path


def ask_raw(guardian: Guardian, name: bytes, device: str, identity: int = 7) -> bytes:
    """Ask for the address of `name`; the answer as it came."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.bind((device, 0))
        asker.connect(("127.0.0.1", guardian.port))
        asker.settimeout(SECONDS)
        asker.send(packet_of(name, identity))
        return asker.recv(4096)


def packet_of(name: bytes, identity: int) -> bytes:
    """Give a plain question for an address."""
    return identity.to_bytes(2, "big") + b"\x01\x00\x00\x01" + bytes(6) + name + _A


def is_true(answer: bytes, name: bytes) -> bool:
    """Say whether an answer holds the name's own address and nothing else."""
    return answer[3] & 0xF == 0 and answer[6:8] == b"\x00\x01" and answer[-4:] == address_of(name + _A)


def probe(guardian: Guardian, run: LiveRun) -> None:
    """Ask for a closed and for an open name; a finding where an answer is wrong or none comes."""
    run.probes += 1
    fresh = to_wire(f"probe-{run.questions}-{run.answers}.example")
    try:
        if ask_raw(guardian, to_wire(CLOSED), CHILD)[3] & 0xF != codes.NXDOMAIN:
            run.find(f"{CLOSED} is open to a child after {run.questions} questions")
        if not is_true(answer := ask_raw(guardian, fresh, GROWN_UP), fresh):
            run.find(f"a wrong answer to a probe: {answer.hex()}")
    except OSError as error:
        run.find(f"no answer to a probe after {run.questions} questions: {error}")


def send_questions(guardian: Guardian, packets: int, random: Random, run: LiveRun) -> None:
    """Send so many damaged questions from several devices, a probe after each PROBE_EVERY."""
    queries = sound_queries()
    before = 0
    with contextlib.ExitStack() as stack:
        askers = [stack.enter_context(_asker(device, guardian.port)) for device in DEVICES]
        while run.questions < packets and run.goes_on:
            for _ in range(BURST):
                random.choice(askers).send(damaged(queries, random) or b"\0")
            run.questions += BURST
            _await_end_of_burst(guardian, run)
            for asker in askers:
                _drain(asker, run)
            if run.questions % PROBE_EVERY == 0:
                probe(guardian, run)
                before = before or memory(guardian)
    run.growth = memory(guardian) - before if before else 0


def send_streams(guardian: Guardian, messages: int, random: Random, run: LiveRun) -> None:
    """Send so many damaged questions over TCP, a connection for each BURST; a sound one behind must be answered."""
    queries = sound_queries()
    while run.messages < messages and run.goes_on:
        device = random.choice(DEVICES)
        with socket.create_connection(("127.0.0.1", guardian.port), SECONDS, source_address=(device, 0)) as stream:
            _send_stream(stream, [damaged(queries, random) for _ in range(BURST)], random, run)
        run.messages += BURST
        if run.messages % PROBE_EVERY == 0:
            probe(guardian, run)


def _send_stream(stream: socket.socket, packets: list[bytes], random: Random, run: LiveRun) -> None:
    behind = to_wire(f"behind-{run.messages}.{CLOSED}")
    data = bytearray(b"".join(map(framed, [*packets, packet_of(behind, 7)])))
    breaks = random.random() < 0.2
    if breaks:
        # a length that is none: from there on nothing means what it did
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    framing = Framing()
    try:
        for piece in _pieces(bytes(data), random):
            stream.sendall(piece)
        stream.shutdown(socket.SHUT_WR)
        while received := stream.recv(65_536):
            for reply in framing.feed(received):
                if len(reply) < HEADER_SIZE or not reply[2] & 0x80:
                    run.find(f"no answer that a client could take: {reply.hex()}")
                if behind in reply.lower():
                    return
    except TimeoutError:
        run.find(f"a stream neither answered nor closed after {run.messages} messages")
        return
    except OSError:
        # closed with octets of ours unread
        pass
    if not breaks:
        run.find(f"no answer behind a stream, {run.messages} messages in: {data.hex()}")


def _pieces(data: bytes, random: Random) -> Iterator[bytes]:
    size = random.choice((3, 100, 1000, len(data)))
    return (data[at : at + size] for at in range(0, len(data), size))


def _asker(device: str, port: int) -> socket.socket:
    asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    asker.setblocking(False)
    asker.bind((device, 0))
    asker.connect(("127.0.0.1", port))
    return asker


def _await_end_of_burst(guardian: Guardian, run: LiveRun) -> None:
    """Wait for the answer to a closed name: what was sent before it has been read by then."""
    try:
        ask_raw(guardian, to_wire(CLOSED), CHILD)
    except OSError as error:
        run.find(f"no answer behind a burst, {run.questions} questions in: {error}")


def _drain(asker: socket.socket, run: LiveRun) -> None:
    with contextlib.suppress(BlockingIOError):
        while True:
            answer = asker.recv(65_535)
            if len(answer) < HEADER_SIZE or not answer[2] & 0x80 or len(answer) > codes.OUR_PAYLOAD:
                run.find(f"no answer that a client could take: {answer.hex()}")


def send_answers(guardian: Guardian, saboteur: Saboteur, answers: int, run: LiveRun) -> None:
    """Ask for new names until the saboteur has sent so many damaged answers; nothing wrong may come or stay."""
    round_number = 0
    with _asker(GROWN_UP, guardian.port) as asker:
        while saboteur.count < answers and run.goes_on:
            names = [to_wire(f"round-{round_number}-{number}.example") for number in range(_NAMES_A_ROUND)]
            saboteur.sent, saboteur.sabotages = {}, True
            first = _ask_round(asker, names, run)
            saboteur.sabotages = False
            again = _ask_round(asker, names, run)
            for name, one, other in zip(names, first, again, strict=True):
                _judge(name, one, saboteur.sent.get(name, []), run)
                _judge(name, other, saboteur.sent.get(name, []), run)
            round_number += 1
            run.answers = saboteur.count
            if round_number % 10 == 0:
                probe(guardian, run)
    for number in range(BANKS):
        if not is_true(answer := ask_raw(guardian, bank_name(number), GROWN_UP), bank_name(number)):
            run.find(f"bank {number} was told by a stranger: {answer.hex()}")


def _ask_round(asker: socket.socket, names: list[bytes], run: LiveRun) -> list[bytes]:
    answers: dict[int, bytes] = {}
    for identity, name in enumerate(names):
        asker.send(packet_of(name, identity))
    deadline = time.monotonic() + SECONDS
    while len(answers) < len(names):
        readable, _, _ = select.select([asker], [], [], max(0.0, deadline - time.monotonic()))
        if not readable:
            run.find(f"{len(names) - len(answers)} questions without an answer")
            break
        answer = asker.recv(4096)
        answers[int.from_bytes(answer[:2], "big")] = answer
    return [answers.get(identity, b"") for identity in range(len(names))]


def _judge(name: bytes, answer: bytes, sent: Iterable[Sent], run: LiveRun) -> None:
    """Say whether an answer is the truth or what the oracle reads in a damaged one that fits."""
    if not answer or is_true(answer, name):
        return
    fitting = [one for one in sent if fits(one)]
    if not fitting:
        run.find(f"nothing that fits was sent, yet the answer is {answer.hex()}")
        return
    run.taken += 1
    told = data_on_the_way(answer)
    said = {address_of(name + _A)}.union(*(data_on_the_way(one.answer) or () for one in fitting))
    if told is None or not told <= said or has_strangers(answer):
        both = "\n".join(one.answer.hex() for one in fitting)
        run.find(f"{answer.hex()} was told; what fits, and the oracle reads otherwise:\n{both}")


def fits(one: Sent) -> bool:
    """Say whether a damaged answer has the ID and question asked, and the form of an answer."""
    question = question_of(one.asked)
    return (
        one.answer[:2] == one.asked[:2]
        and one.answer[4:6] == b"\x00\x01"
        # a response to a standard query
        and one.answer[2] & 0xF8 == 0x80
        and one.answer[HEADER_SIZE : HEADER_SIZE + len(question)] == question
    )


def reading(message: bytes) -> dns.message.Message | None:
    """Give what dnspython reads, the contents of most records unread; None where it refuses."""
    try:
        return dns.message.from_wire(opaque(message, NAMING), keyring=False, ignore_trailing=True)
    except dns.exception.DNSException:
        return None


def data_on_the_way(message: bytes) -> set[bytes] | None:
    """Give the data of all answers on the way from the name asked, as dnspython reads it; None where it can't."""
    whole = reading(message)
    if whole is None:
        return None
    way = way_of(whole)
    reached = [one for one in whole.answer if one.name in way and one.rdtype not in NAMING]
    return {rdata.to_wire() or b"" for one in reached for rdata in one}


def has_strangers(message: bytes) -> bool:
    """Say whether an answer that dnspython can read speaks of a name that is not at or above one on the way."""
    whole = reading(message)
    way = way_of(whole) if whole else []
    return whole is not None and any(not any(name.is_subdomain(one.name) for name in way) for one in whole.answer)


def memory(guardian: Guardian) -> int:
    """Give the KiB that guardian holds for itself."""
    status = Path(f"/proc/{guardian.process.pid}/status").read_text("ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("RssAnon:")))


def dropped(port: int) -> int:
    """Give how many packets the kernel dropped on the socket that listens on a port of 127.0.0.1."""
    for line in Path("/proc/net/udp").read_text("ascii").splitlines()[1:]:
        words = line.split()
        if words[1] == f"0100007F:{port:04X}":
            return int(words[-1])
    raise AssertionError(f"no socket on port {port}")


def sabotage(
    guardian: Guardian, saboteur: Saboteur, questions: int, answers: int, *, until: float = float("inf")
) -> LiveRun:
    """Send both kinds, and look at the process afterwards; it goes on running. `until` is a time (monotonic)."""
    run = LiveRun(until=until)
    before = dropped(guardian.port)
    send_questions(guardian, questions, saboteur.random, run)
    send_streams(guardian, questions // 4, saboteur.random, run)
    send_answers(guardian, saboteur, answers, run)
    if guardian.process.poll() is not None:
        run.find(f"guardian ended with {guardian.process.returncode}:\n{guardian.log()}")
        return run
    run.drops = dropped(guardian.port) - before
    if run.drops:
        run.find(f"void: the kernel dropped {run.drops} packets, so they were never read")
    if run.growth >= MOST_GROWTH:
        run.find(f"memory grew by {run.growth} KiB")
    if "please report" in guardian.log() or "Traceback" in guardian.log():
        run.find(guardian.log())
    return run
