"""Ask a real `guardian dns` mixed questions for a while, with new sets and a silent upstream now and then.

Law 1: only loopback, one thread; so many questions a second, so many under way, and the end is set beforehand.
Law 2: a question is sent only while those before it are known to be read: what the kernel drops for want of room would
       be no fault of guardian's.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple, Self

from guardian.wire.names import to_text
from tests.fuzz.messages import damaged, sound_queries
from tests.soak.questions import DEVICES, GUEST, Duty, Question, is_closed, is_failure, is_open, question, questions
from tests.soak.verdict import Record, Sample

if TYPE_CHECKING:
    from tests.live.conftest import Guardian
    from tests.soak.house import SoakHouse
    from tests.soak.upstream import Upstream

PATIENCE = 10.0
"""Seconds until a question counts as lost: guardian gives up on an upstream after four."""
WINDOW = 100
"""Packets that may lie unread at guardian: fewer than the smallest buffer holds."""
MOST_PENDING = 8_192
MOST_SAMPLES = 2_000
MOST_WRONG = 20
DAMAGED_SHARE = 0.02
RELOAD_EVERY = 3.0
SILENCE_EVERY = 20.0
FIRST_SILENCE = 2.0
LONGEST_SILENCE = 6.0
AFTERMATH = 7.0
"""Seconds after a silence: an attempt made during it fails within one, and a failure is kept for five (RFC 9520)."""
LONGEST_ANSWER = 4_096
_TICK = 0.005
_BATCH = 64


class Pending(NamedTuple):
    """A question under way."""

    asked: Question
    at: float
    order: int
    epoch: int | None
    """Which set was in force; None while one was taking another's place."""


class Soak:
    """One run."""

    def __init__(self, house: SoakHouse, guardian: Guardian, upstream: Upstream, *, seed: int, rate: int) -> None:
        """Open a socket for each device, and one for damaged packets."""
        self._house, self._guardian, self._upstream = house, guardian, upstream
        self._random = Random(seed)
        self._questions = questions(Random(seed))
        self._sound = sound_queries()
        self._rate = rate
        self._pending: dict[tuple[str, int], Pending] = {}
        self._sent = self._read = 0
        self._epoch, self._moving_since = 0, 0.0
        self._silence = (0.0, 0.0)
        self._selector = selectors.DefaultSelector()
        self._selector.register(upstream.socket, selectors.EVENT_READ)
        self._sockets = {device: self._open(device) for device in DEVICES}
        self._stranger = self._open(GUEST)
        self.record = Record(wanted=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        for one in (*self._sockets.values(), self._stranger):
            one.close()

    def _open(self, device: str) -> socket.socket:
        asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        asker.setblocking(False)
        asker.bind((device, 0))
        asker.connect(("127.0.0.1", self._guardian.port))
        self._selector.register(asker, selectors.EVENT_READ, device)
        return asker

    def run(self, seconds: float) -> Record:
        """Ask for so long, wait for the last answers, and end guardian."""
        self.record.wanted = int(seconds * self._rate)
        self._greet()
        before = self._descriptors()
        start = now = time.monotonic()
        reload_at, silence_at, sample_at = start + RELOAD_EVERY, start + FIRST_SILENCE, start
        while now - start < seconds and not self.record.died:
            self._ask(min(int((now - start) * self._rate) - self._sent, _BATCH), now)
            self._listen(_TICK)
            now = time.monotonic()
            if now >= reload_at and not self._moving_since:
                self._reload(now)
                reload_at = now + RELOAD_EVERY
            if now >= silence_at:
                self._fall_silent(now)
                silence_at = now + SILENCE_EVERY
            if now >= sample_at:
                self._sample(now - start)
                self._expire(now)
                sample_at = now + max(0.25, seconds / MOST_SAMPLES)
            self._settle(now)
        self._wait_for_the_rest()
        self.record.rest = (before, self._descriptors())
        self.record.died |= self._guardian.process.poll() is not None
        self.record.exit_code = self._guardian.stop()
        self.record.log = self._guardian.log()
        return self.record

    def _greet(self) -> None:
        """Have one question answered, so that all is loaded before descriptors are counted."""
        self._send(question(GUEST, "warm-0.example", Duty.OPEN), time.monotonic())
        self._wait_for_the_rest()

    def _ask(self, count: int, now: float) -> None:
        for _ in range(count):
            if self._sent - self._read >= WINDOW or len(self._pending) >= MOST_PENDING:
                return
            if self._random.random() < DAMAGED_SHARE:
                self._sent += 1
                with contextlib.suppress(OSError):
                    self._stranger.send(damaged(self._sound, self._random))
            else:
                self._send(next(self._questions), now)

    def _send(self, asked: Question, now: float) -> None:
        self._sent += 1
        key = (asked.device, self._sent & 0xFFFF)
        self._pending[key] = Pending(asked, now, self._sent, None if self._moving_since else self._epoch)
        with contextlib.suppress(OSError):
            self._sockets[asked.device].send(key[1].to_bytes(2, "big") + asked.packet[2:])

    def _listen(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if key.fileobj is self._upstream.socket:
                self._upstream.serve()
                continue
            assert isinstance(key.fileobj, socket.socket)
            with contextlib.suppress(OSError):
                while True:
                    answer = key.fileobj.recv(LONGEST_ANSWER)
                    if key.fileobj is self._stranger:
                        self._judge_stranger(answer)
                    else:
                        self._receive(key.data, answer, time.monotonic())

    def _receive(self, device: str, answer: bytes, now: float) -> None:
        pending = self._pending.pop((device, int.from_bytes(answer[:2], "big")), None)
        if pending is None:
            self._blame("an answer to nothing", answer)
            return
        self._read = max(self._read, pending.order)
        self.record.answered += 1
        if not self._is_right(pending, answer, now):
            self._blame(f"{to_text(pending.asked.packet[12:])} for {device} ({pending.asked.duty.value})", answer)

    def _is_right(self, pending: Pending, answer: bytes, now: float) -> bool:
        asked = pending.asked
        duty = asked.duty
        steady = not self._moving_since and pending.epoch == self._epoch
        if duty is Duty.SWINGS and steady:
            duty = Duty.CLOSED if self._epoch % 2 else Duty.OPEN
        if duty is not Duty.CLOSED and is_failure(asked, answer) and self._was_silent(pending.at, now):
            self.record.failures += 1
            return True
        if duty is Duty.SWINGS:
            return is_open(asked, answer) or is_closed(asked, answer)
        return is_closed(asked, answer) if duty is Duty.CLOSED else is_open(asked, answer)

    def _judge_stranger(self, answer: bytes) -> None:
        if len(answer) < 12 or not answer[2] & 0x80:
            self._blame("no answer at all to a damaged packet", answer)

    def _blame(self, what: str, answer: bytes) -> None:
        self.record.wrong_count += 1
        if len(self.record.wrong) < MOST_WRONG:
            self.record.wrong.append(f"{what}: {answer[:80].hex()}")

    def _reload(self, now: float) -> None:
        self._epoch += 1
        self._moving_since = now
        self._house.publish(self._epoch % 2)
        self._guardian.reload()
        self.record.reloads += 1

    def _fall_silent(self, now: float) -> None:
        self._silence = (now, now + self._random.uniform(1.0, LONGEST_SILENCE))
        self.record.silences += 1

    def _was_silent(self, asked_at: float, now: float) -> bool:
        begin, end = self._silence
        return asked_at < end + AFTERMATH and now > begin

    def _settle(self, now: float) -> None:
        """Note what has become true meanwhile: a set taken in, a silence over, a process ended."""
        self._upstream.silent = now < self._silence[1]
        self.record.died = self._guardian.process.poll() is not None
        if self._moving_since and len(self._guardian.said) > self.record.reloads:
            self._moving_since = 0.0
        elif self._moving_since and now - self._moving_since > PATIENCE:
            self._blame("a published set was not taken in", b"")
            self._moving_since = now

    def _expire(self, now: float) -> None:
        for key in [key for key, one in self._pending.items() if now - one.at > PATIENCE]:
            self._read = max(self._read, self._pending.pop(key).order)
            self.record.lost += 1

    def _wait_for_the_rest(self) -> None:
        now = time.monotonic()
        until = now + PATIENCE
        self._silence = (self._silence[0], min(self._silence[1], now))
        while now < until and (self._pending or self._moving_since):
            self._listen(_TICK)
            now = time.monotonic()
            self._settle(now)
        self.record.lost += len(self._pending)
        self._pending.clear()

    def _sample(self, seconds: float) -> None:
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{self._guardian.process.pid}/status").read_text(encoding="ascii").splitlines()
            anonymous = next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
            self.record.samples.append(Sample(seconds, anonymous, self._descriptors()))

    def _descriptors(self) -> int:
        with contextlib.suppress(OSError):
            return sum(1 for _ in Path(f"/proc/{self._guardian.process.pid}/fd").iterdir())
        return 0
