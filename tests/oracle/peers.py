"""Run dnsmasq and unbound with rules of ours, and ask them.

Law 1: only loopback, ports drawn by the kernel, files in the test's own folder; a server is ended by its id.
Law 2: a name is open where its question reached the nameserver behind; an answer of the server's own closes it.
Law 3: at most WINDOW questions are on their way, so that no buffer overflows; every wait has its end.
"""

from __future__ import annotations

import contextlib
import enum
import getpass
import random
import re
import select
import socket
import subprocess
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

import dns.message
import dns.rcode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.live.authority import Authority

SECONDS = 20
WINDOW = 30
MOST_SAID = 1_000
"""Lines of a server's log that are kept."""


class Says(enum.StrEnum):
    """What becomes of a question."""

    OPEN = "open"
    CLOSED = "closed"
    SILENT = "silent"


class Question(NamedTuple):
    """A name and the type asked for."""

    name: str
    qtype: str


class Kind(enum.StrEnum):
    """A server together with the file that its rules stand in."""

    HOSTS = "dnsmasq hosts"
    DNSMASQ = "dnsmasq"
    UNBOUND = "unbound"
    RPZ = "unbound rpz"

    @property
    def program(self) -> str:
        """The name of the program."""
        return "dnsmasq" if self in {Kind.HOSTS, Kind.DNSMASQ} else "unbound"


_DNSMASQ = """\
port={port}
user={user}
listen-address=127.0.0.1
bind-interfaces
no-resolv
no-hosts
no-poll
cache-size=0
server=127.0.0.1#{upstream}
"""
_UNBOUND = """\
server:
  interface: 127.0.0.1@{port}
  directory: "{folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  do-ip6: no
  do-not-query-localhost: no
  num-threads: 1
  module-config: "{modules}"
{lines}
remote-control:
  control-enable: no
forward-zone:
  name: "."
  {forward}
"""


@contextlib.contextmanager
def serving(kind: Kind, program: str, text: str, folder: Path, authority: Authority) -> Iterator[int]:
    """Serve `text`, the rules in the words of `kind`, on a port, with `authority` behind."""
    path = folder / "rules"
    if kind in {Kind.HOSTS, Kind.RPZ}:
        path.write_text(text, "ascii")
    if kind.program == "dnsmasq":
        lines, ready = (f"addn-hosts={path}\n", f"read {path}") if kind is Kind.HOSTS else (text, "using nameserver")
        started = dnsmasq(program, folder, authority.port, lines=lines, ready=ready)
    else:
        started = unbound(
            program,
            folder,
            modules="respip iterator",
            lines=text if kind is Kind.UNBOUND else "",
            forward=f"forward-addr: 127.0.0.1@{authority.port}",
            more=f'rpz:\n  name: "rpz.invalid."\n  zonefile: "{path}"\n' if kind is Kind.RPZ else "",
        )
    with started as port:
        yield port


@contextlib.contextmanager
def dnsmasq(
    program: str, folder: Path, upstream: int, *, lines: str = "", ready: str = "using nameserver"
) -> Iterator[int]:
    """Run dnsmasq with these lines, with the port `upstream` behind, once it has said `ready`; give its port."""
    port, config = drawn_port(), folder / "dnsmasq.conf"
    config.write_text(_DNSMASQ.format(port=port, upstream=upstream, user=getpass.getuser()) + lines, "ascii")
    with running([program, "--keep-in-foreground", f"--conf-file={config}", "--log-facility=-", "--pid-file="], ready):
        yield port


@contextlib.contextmanager
def unbound(
    program: str, folder: Path, *, lines: str, forward: str, modules: str = "iterator", more: str = ""
) -> Iterator[int]:
    """Run unbound with these lines of its server, `forward` for every name, and `more` clauses; give its port."""
    port, config = drawn_port(), folder / "unbound.conf"
    whole = _UNBOUND.format(port=port, folder=folder, modules=modules, lines=lines, forward=forward)
    config.write_text(whole + more, "ascii")
    with running([program, "-d", "-c", str(config)], "start of service"):
        yield port


@contextlib.contextmanager
def running(command: list[str], ready: str) -> Iterator[None]:
    said: list[str] = []
    changed = threading.Condition()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:

        def listen() -> None:
            assert process.stderr is not None
            for line in process.stderr:
                with changed:
                    said.append(line)
                    del said[:-MOST_SAID]
                    changed.notify_all()

        reader = threading.Thread(target=listen, daemon=True)
        reader.start()

        def is_ready() -> bool:
            return any(ready in line for line in said) or process.poll() is not None

        try:
            with changed:
                changed.wait_for(is_ready, SECONDS)
                assert any(ready in line for line in said), "".join(said)
            yield
        finally:
            process.terminate()
            process.wait(SECONDS)
            reader.join(SECONDS)


def drawn_port() -> int:
    """Draw a port that is free for UDP and TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            with contextlib.suppress(OSError):
                other.bind(("127.0.0.1", port))
                return port


def version(program: str) -> str:
    """Give the number of a server's version."""
    option = "--version" if "dnsmasq" in program else "-V"
    said = subprocess.run([program, option], capture_output=True, text=True, timeout=SECONDS, check=True).stdout
    found = re.search(r"[Vv]ersion (\d+(?:\.\d+)+)", said)
    assert found, said
    return found[1]


def ask_all(port: int, questions: Sequence[Question], authority: Authority) -> list[Says]:
    """Ask each once; what became of each, in the same order. No question may stand there twice."""
    before = len(authority.asked)
    answered = [False] * len(questions)
    deadline = time.monotonic() + SECONDS
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.connect(("127.0.0.1", port))
        sent = 0
        while not all(answered):
            while sent < len(questions) and sent - sum(answered[:sent]) < WINDOW:
                asker.send(dns.message.make_query(*questions[sent], id=sent).to_wire())
                sent += 1
            readable, _, _ = select.select([asker], [], [], max(0.0, deadline - time.monotonic()))
            assert readable, (
                f"no answer: {[one for one, done in zip(questions, answered, strict=True) if not done][:5]}"
            )
            answer = dns.message.from_wire(asker.recv(4096))
            assert answer.rcode() != dns.rcode.SERVFAIL, questions[answer.id]
            answered[answer.id] = True
    reached = {Question(one.name.lower().rstrip("."), one.qtype) for one in authority.asked[before:]}
    return [
        Says.OPEN if Question(question.name.lower(), question.qtype) in reached else Says.CLOSED
        for question in questions
    ]


def ask_one(port: int, question: Question, authority: Authority) -> Says:
    """Ask one question that may be met with silence: an open name asked behind it says when to stop waiting."""
    behind = Question(f"open-{random.getrandbits(40):x}.guardian-behind.net", "A")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.connect(("127.0.0.1", port))
        asker.settimeout(SECONDS)
        asker.send(dns.message.make_query(*question, id=1).to_wire())
        asker.send(dns.message.make_query(*behind, id=2).to_wire())
        answers = {}
        while 2 not in answers:
            answer = dns.message.from_wire(asker.recv(4096))
            answers[answer.id] = answer
        if any(one.name.lower().rstrip(".") == question.name.lower() for one in authority.asked):
            return Says.OPEN
        return Says.CLOSED if 1 in answers else Says.SILENT
