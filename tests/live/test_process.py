"""What a running `guardian dns` keeps, loads and may do: mostly nothing."""

from __future__ import annotations

import os
import re
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import dns.message
import dns.rcode
import pytest

from tests.live.authority import Authority, Behaviour, Lie
from tests.live.conftest import BANDS, Guardian, ask, publish, write_config

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "zogu-i-fshehte"  # noqa: S105 - a name to look for
WEB_AND_UPDATE = ("aiohttp", "jinja2", "h2", "tuf", "guardian.update", "guardian.web", "guardian.lists.compiler", "dns")


def proc(guardian: Guardian, name: str) -> str:
    return Path(f"/proc/{guardian.process.pid}/{name}").read_text(encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def folder(compiled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("house")
    publish(compiled, made / "state")
    return made


@pytest.fixture(scope="module")
def guardian(folder: Path) -> Iterator[Guardian]:
    """Start guardian so that it notes every module it loads."""
    with Authority() as authority:
        authority.behaviours[f"{SECRET}.failing.example"] = Behaviour(rcode=dns.rcode.SERVFAIL)
        authority.behaviours[f"{SECRET}.lying.example"] = Behaviour(lies=tuple(Lie))
        config = write_config(folder, authority.url)
        program = (sys.executable, "-X", "importtime", "-m", "guardian.cli", "dns", "--config", str(config))
        with Guardian(config, program=program) as running:
            yield running.ready()


def test_no_name_and_no_address_of_a_question_is_written_anywhere(guardian: Guardian, folder: Path) -> None:
    before = contents(folder)
    for name in ("open.example", "failing.example", "lying.example", "gambling.guardian.example", "alo116.al"):
        for device in BANDS.values():
            for qtype in ("A", "TXT"):
                ask(guardian.port, f"{SECRET}.{name}", qtype, device=device)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.bind(("127.0.0.77", 0))
        good = dns.message.make_query(f"{SECRET}.example", "A").to_wire()
        for packet in (
            b"",
            good[:5],
            good[:-3],
            good + SECRET.encode(),
            good[:2] + b"\xff" * 10 + good[12:],
            good[:12],
        ):
            asker.sendto(packet, ("127.0.0.1", guardian.port))
    guardian.reload()
    guardian.wait_for("answering on", times=2)
    ask(guardian.port, "fence.example")
    assert contents(folder) == before
    log = "\n".join(line for line in guardian.log().splitlines() if not line.startswith("import time:"))
    assert "answering on 127.0.0.1" in log
    for trace in (SECRET, "failing", "lying", "alo116", "127.0.0.77", *BANDS.values()):
        assert trace not in log
    assert len(log.splitlines()) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="guardian lets nobody but root look into it")
def test_no_file_is_open_for_writing(guardian: Guardian) -> None:
    for handle in Path(f"/proc/{guardian.process.pid}/fd").iterdir():
        target = str(handle.readlink())
        if target.startswith("/") and not target.startswith("/dev/"):
            flags = int(re.findall(r"flags:\s+(\d+)", proc(guardian, f"fdinfo/{handle.name}"))[0], 8)
            assert flags & os.O_ACCMODE == os.O_RDONLY, target


def test_a_crash_leaves_no_core(guardian: Guardian) -> None:
    found = re.search(r"Max core file size\s+(\S+)\s+(\S+)", proc(guardian, "limits"))
    assert found
    assert found.groups() == ("0", "0")


def test_neither_the_web_nor_the_update_nor_the_compiler_is_loaded(guardian: Guardian) -> None:
    ask(guardian.port, "loads.example")
    loaded = {
        line.rpartition("|")[2].strip() for line in guardian.log().splitlines() if line.startswith("import time:")
    }
    assert "guardian.engine.engine" in loaded
    for word in WEB_AND_UPDATE:
        assert {name for name in loaded if name == word or name.startswith(f"{word}.")} == set()


def test_it_starts_no_thread_to_answer(guardian: Guardian) -> None:
    # one that verifies a set at SIGHUP may stay
    assert int(re.findall(r"Threads:\s+(\d+)", proc(guardian, "status"))[0]) <= 2
