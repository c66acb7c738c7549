"""Write what a client gets: blocked, empty, refused, or an upstream's answer under the client's own question.

Law 1: each reason has its extended error in one table (RFC 8914), told only to a client that sent OPT.
Law 2: the question goes back byte for byte, so its case is echoed (RFC 4343) and an answer's pointers stay right.
Law 3: no answer over UDP is longer than 1232 octets or than the client can take; the rest is TC=1.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from guardian.model import BlockMode, Reason, Verdict
from guardian.wire import codes
from guardian.wire.names import MAX_NAME, to_wire
from guardian.wire.question import HEADER_SIZE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from guardian.model import Query, Reply

# EDE codes: 3 Stale Answer, 4 Forged Answer, 15 Blocked, 17 Filtered, 19 Stale NXDOMAIN,
# 22 No Reachable Authority, 23 Network Error. An outsider is told none: its answer must not outgrow its question.
EXTENDED_ERRORS = {
    Reason.THREAT: 15,
    Reason.REBINDING: 15,
    Reason.CATEGORY: 17,
    Reason.PARENT_CLOSES: 17,
    Reason.OFF: 17,
    Reason.LESSON: 17,
    Reason.HOURS: 17,
    Reason.BUDGET: 17,
    Reason.SERVICE: 17,
    Reason.NOT_ON_ALLOW_LIST: 17,
    Reason.SAFE_SEARCH: 4,
    Reason.STALE: 3,
    Reason.STALE_DENIAL: 19,
    Reason.UPSTREAM_SLOW: 22,
    Reason.UPSTREAM_DOWN: 22,
    Reason.UPSTREAM_SILENT: 22,
    Reason.UPSTREAM_FAULTY: 23,
}

_COUNTS = struct.Struct("!HHHHH")
_OPT = struct.Struct("!BHHIH")
_EDE = struct.Struct("!HHH")
_RECORD = struct.Struct("!HHIH")
_TIMERS = struct.Struct("!IIIII")
_ANSWER_FLAGS = codes.QR | codes.RA
_PRIMARY = to_wire("guardian.home.arpa")
_MAILBOX = to_wire("nobody.invalid")


class Scribe:
    """Writes replies for one generation of lists.

    `topics` names for each list of the set what a blocked name is told to be (a category), shown as the text of its
    extended error; `never_null` are the topics whose names must have no address even so: for some of them any address
    means "go round this house's DNS"; `block_ttl` is in seconds.
    """

    def __init__(
        self, *, mode: BlockMode, block_ttl: int, topics: Sequence[str], never_null: Collection[str] = ()
    ) -> None:
        """Prepare nothing; what denials share is kept as they come, at most sixteen a list and reason."""
        self._mode = mode
        self._block_ttl = block_ttl
        self._topics = tuple(topics)
        # what no list names may be such a name, too: all is closed at bedtime
        self._never_null = frozenset((-1, *(number for number, topic in enumerate(topics) if topic in never_null)))
        self._soa = _soa(block_ttl)
        self._denials: dict[int, tuple[bytes, bytes]] = {}

    def write(self, reply: Reply) -> bytes:
        """Give the message for a reply, its ID the query's."""
        query, rcode, reason, answer, verdict, label, _, _ = reply
        if verdict is not None and verdict.blocked:
            return self._denial(query, verdict, label)
        opt = b""
        if query.payload:
            opt = _PLAIN_OPTS[query.dnssec_ok] if reason is Reason.DEFAULT else _opt(query.dnssec_ok, reason)
        if answer is None:
            return self._without_answer(query, rcode, reason, label, opt)
        flags = _ANSWER_FLAGS | answer.rcode | (codes.TC if answer.truncated else 0)
        if answer.authentic and (query.dnssec_ok or query.flags & codes.AD):
            flags |= codes.AD
        limit = codes.MAX_MESSAGE if query.stream else min(query.payload or codes.PLAIN_PAYLOAD, codes.OUR_PAYLOAD)
        if HEADER_SIZE + len(query.question) + len(answer.body) + len(opt) > limit:
            return _message(query, flags | codes.TC, 0, 0, b"", opt)
        return _message(query, flags, *answer.counts, answer.body, opt)

    def _denial(self, query: Query, verdict: Verdict, label: int) -> bytes:
        identity, _, labels, qtype, _, question, flags, payload, dnssec_ok, _, _, _, _ = query
        if self._mode is BlockMode.NULL and qtype in _NULL_DATA and verdict.list_index not in self._never_null:
            return self._null(query, verdict)
        kept = flags & _ECHOED
        # a list blocks by one code; numbers, since an enum member as key costs as much as the whole look-up
        key = verdict.list_index << 10 | verdict.covers_below << 9 | kept | dnssec_ok << 1 | (payload > 0)
        pieces = self._denials.get(key)
        if pieces is None:
            addressless = self._mode is BlockMode.NULL and verdict.list_index in self._never_null
            gone = verdict.covers_below and (addressless or self._mode is BlockMode.NXDOMAIN)
            opt = self._opt_of(query, verdict)
            head = _head(_ANSWER_FLAGS | kept | (codes.NXDOMAIN if gone else 0), 0, 1, opt)
            self._denials[key] = pieces = (head, self._soa + opt)
        head, tail = pieces
        owner = _POINTERS[labels[label]] if labels else _POINTERS[0]
        return identity.to_bytes(2, "big") + head + question + owner + tail

    def _without_answer(self, query: Query, rcode: int, reason: Reason, label: int, opt: bytes) -> bytes:
        if reason is Reason.OVER_LIMIT:
            return _message(query, _ANSWER_FLAGS | codes.TC, 0, 0, b"", opt)
        if rcode not in {codes.NOERROR, codes.NXDOMAIN}:
            return _message(query, _ANSWER_FLAGS | rcode, 0, 0, b"", opt)
        owner = _POINTERS[query.labels[label]] if query.labels else _POINTERS[0]
        return _message(query, _ANSWER_FLAGS | rcode, 0, 1, owner + self._soa, opt)

    def _null(self, query: Query, verdict: Verdict) -> bytes:
        data = _NULL_DATA[query.qtype]
        body = _POINTERS[0] + _RECORD.pack(query.qtype, query.qclass, self._block_ttl, len(data)) + data
        return _message(query, _ANSWER_FLAGS, 1, 0, body, self._opt_of(query, verdict))

    def _opt_of(self, query: Query, verdict: Verdict) -> bytes:
        if not query.payload:
            return b""
        topic = self._topics[verdict.list_index] if verdict.list_index >= 0 else ""
        return _opt(query.dnssec_ok, verdict.reason, topic)


_NULL_DATA = {codes.A: bytes(4), codes.AAAA: bytes(16)}
_ECHOED = codes.RD | codes.CD
_POINTERS = tuple((0xC000 | HEADER_SIZE + offset).to_bytes(2, "big") for offset in range(MAX_NAME + 1))
"""A compression pointer to each octet of the question's name."""


def _head(flags: int, answers: int, authorities: int, opt: bytes) -> bytes:
    """Write a header without its ID."""
    return _COUNTS.pack(flags, 1, answers, authorities, 1 if opt else 0)


def _message(query: Query, flags: int, answers: int, authorities: int, body: bytes, opt: bytes) -> bytes:
    head = _head(flags | query.flags & _ECHOED, answers, authorities, opt)
    return query.id.to_bytes(2, "big") + head + query.question + body + opt


def _opt(dnssec_ok: bool, reason: Reason, topic: str = "") -> bytes:  # noqa: FBT001 - the DO bit itself
    code = EXTENDED_ERRORS.get(reason)
    option = b""
    if code is not None:
        text = topic.encode()
        option = _EDE.pack(codes.EDE_OPTION, 2 + len(text), code) + text
    return _OPT.pack(0, codes.OPT, codes.OUR_PAYLOAD, codes.DO if dnssec_ok else 0, len(option)) + option


_PLAIN_OPTS = (_opt(False, Reason.DEFAULT), _opt(True, Reason.DEFAULT))


def _soa(ttl: int) -> bytes:
    """Write the SOA of a blocked name, without its owner: RFC 2308 keeps the denial for `ttl` seconds."""
    data = _PRIMARY + _MAILBOX + _TIMERS.pack(1, 3600, 600, 86400, ttl)
    return _RECORD.pack(codes.SOA, codes.IN, ttl, len(data)) + data
