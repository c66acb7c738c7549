"""Follow a newcomer: a bare Debian 12 with python3, python3-venv, git and make, a clone, `make run`, two questions.

Law 1: nothing of this machine is used but its processor, its network and its certificates: the tree is debootstrap's,
       the home is empty, the user is not root.
Law 2: the tree is kept in the user's cache, so that a second run costs only what the newcomer pays.
"""

from __future__ import annotations

import os
import platform
import queue
import shutil
import signal
import socket
import subprocess
import threading
import time
from ipaddress import IPv4Address
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from guardian.errors import StoreError
from guardian.system.ports import udp_socket
from tests.conftest import cannot

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
RELEASE = "bookworm"
PACKAGES = "python3,python3-venv,git,make,ca-certificates"
NEWCOMER = 1000
"""The user and group that run guardian in the tree."""
LOOPBACK = IPv4Address("127.0.0.1")
PORT = 1053
"""Where config/examples/checkout.yaml listens."""
LIMIT = 180.0
"""Seconds from the first command to the first answer; the aim is 60, but a registry may be slow on a bad day."""
ANSWER = "198.51.100.7"
ANSWER_SECONDS = 5
PATHS = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
PASSED_ON = ("PIP_", "SSL_", "HTTP", "http", "NO_PROXY", "no_proxy", "REQUESTS_CA_BUNDLE")
"""How this machine reaches a package index; nothing else of its environment goes along."""

ENTER = """
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount --bind "$2" "$1/home"
for shared in /etc/resolv.conf /etc/hosts /etc/ssl/certs; do
    if [ -e "$shared" ] && [ -e "$1$shared" ]; then mount --bind "$shared" "$1$shared"; fi
done
exec chroot --userspec="$3:$3" "$1" /bin/sh -ec 'cd /home && git clone --quiet guardian.bundle guardian &&
    cd guardian && exec make run'
"""
"""Enter the tree; the mounts live in a namespace of their own and end with it."""


class Upstream(NamedTuple):
    """The internet behind guardian: answers every question with one address, and remembers the names."""

    port: int
    asked: list[str]


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        known = Upstream(listener.getsockname()[1], [])
        thread = threading.Thread(target=serve, args=(listener, known), daemon=True)
        thread.start()
        yield known
        # A datagram without a question ends the thread.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ender:
            ender.sendto(b"", ("127.0.0.1", known.port))
        thread.join(10)


def serve(listener: socket.socket, known: Upstream) -> None:
    while True:
        packet, source = listener.recvfrom(4096)
        if not packet:
            return
        query = dns.message.from_wire(packet)
        answer = dns.message.make_response(query)
        question = query.question[0]
        known.asked.append(question.name.to_text().lower())
        if question.rdtype == dns.rdatatype.A:
            answer.answer.append(dns.rrset.from_text(question.name, 300, "IN", "A", ANSWER))
        listener.sendto(answer.to_wire(), source)


@pytest.fixture(scope="module")
def tree() -> Path:
    """Give the bare Debian; make it where the cache has none."""
    debootstrap = shutil.which("debootstrap", path=PATHS)
    if debootstrap is None:
        pytest.skip("debootstrap is missing (apt-get install debootstrap)")
    if os.geteuid():
        pytest.skip("only root can make and enter a bare Debian")
    entering = subprocess.run(["unshare", "--mount", "true"], capture_output=True, text=True, timeout=20, check=False)
    if entering.returncode:
        cannot(f"no mounts of one's own here: {entering.stderr.strip()}")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "guardian" / "newcomer"
    kept = cache / f"{RELEASE}-{platform.machine()}"
    if not kept.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        made = cache / f".new-{os.getpid()}"
        try:
            make_tree(debootstrap, made)
            made.rename(kept)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return kept


def make_tree(debootstrap: str, folder: Path) -> None:
    words = [debootstrap, "--variant=minbase", f"--include={PACKAGES}", RELEASE, str(folder)]
    done = subprocess.run(
        words,
        env=os.environ | {"PATH": PATHS},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
        check=False,
    )
    if done.returncode:
        cannot(f"debootstrap failed: {' / '.join(done.stdout.splitlines()[-3:])}")
    for package in (folder / "var/cache/apt/archives").glob("*.deb"):
        package.unlink()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give the newcomer's home: empty but for the checkout's last commit, as others could clone it."""
    folder = tmp_path / "home"
    folder.mkdir()
    bundle = ["git", "-C", str(ROOT), "bundle", "create", "--quiet", str(folder / "guardian.bundle"), "HEAD"]
    if subprocess.run(bundle, timeout=60, check=False).returncode:
        pytest.skip("not a git checkout")
    for path in (folder, folder / "guardian.bundle"):
        os.chown(path, NEWCOMER, NEWCOMER)
    return folder


def start(tree: Path, home: Path, upstream: Upstream) -> subprocess.Popen[str]:
    environment = {key: value for key, value in os.environ.items() if key.startswith(PASSED_ON)} | {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/home",
        "LANG": "C.UTF-8",
        "GUARDIAN_UPSTREAM": f"udp://127.0.0.1:{upstream.port}",
    }
    return subprocess.Popen(
        ["unshare", "--mount", "sh", "-ec", ENTER, "sh", tree, home, str(NEWCOMER)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for(text: str, process: subprocess.Popen[str], seconds: float) -> str:
    """Read what the process says until `text` comes; fail with all of it when it does not."""
    lines: queue.Queue[str] = queue.Queue(maxsize=10_000)

    def read(stream: IO[str]) -> None:
        with stream:
            for line in stream:
                lines.put(line)
        lines.put("")

    assert process.stdout is not None
    threading.Thread(target=read, args=(process.stdout,), daemon=True).start()
    said, deadline = "", time.monotonic() + seconds
    while True:
        try:
            line = lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            pytest.fail(f"{text!r} did not come within {seconds:.0f} s:\n{said}")
        said += line
        if text in line:
            return said
        if not line:
            pytest.fail(f"it ended without {text!r}:\n{said}")


def stop(process: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(20)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait(20)


def ask(name: str) -> dns.message.Message:
    query = dns.message.make_query(name, "A", use_edns=0)
    try:
        return dns.query.udp(query, "127.0.0.1", port=PORT, timeout=ANSWER_SECONDS)
    except dns.exception.Timeout:
        pytest.fail(f"{name}: no answer within {ANSWER_SECONDS} s")


def holder() -> str:
    """Say who holds the port, as guardian would; empty when it is free."""
    try:
        udp_socket(LOOPBACK, PORT).close()
    except StoreError as error:
        return str(error)
    return ""


def test_a_newcomer_has_answers_within_minutes(
    tree: Path, home: Path, upstream: Upstream, capsys: pytest.CaptureFixture[str]
) -> None:
    if taken := holder():
        pytest.skip(taken)
    begun = time.monotonic()
    process = start(tree, home, upstream)
    try:
        said = wait_for("answering on", process, LIMIT)
        closed = ask("gambling.guardian.example")
        elapsed = time.monotonic() - begun
        opened = ask("wikipedia.org")
    finally:
        stop(process)
    with capsys.disabled():
        print(f"\na newcomer's `make run` answers after {elapsed:.0f} s (aim: 60)")
    assert closed.rcode() == dns.rcode.NXDOMAIN
    assert ANSWER in opened.answer[0].to_text()
    assert upstream.asked == ["wikipedia.org."], "a closed name left the house"
    assert "Traceback" not in said
    assert not holder(), "the port is still taken after the stop"
