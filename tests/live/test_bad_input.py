"""What a person reads when something is damaged, missing or in the way, and that the last good state goes on."""

from __future__ import annotations

import gzip
import os
import socket
from typing import TYPE_CHECKING, NamedTuple

import dns.message
import dns.rcode
import pytest

from tests.live.authority import ADDRESS, Authority
from tests.live.conftest import Guardian, ask, command, publish, write_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Start = Callable[..., Guardian]

GAMBLING = "gambling.guardian.example"
OWN = "casino.example"
NOISE = bytes(range(256)) * 40
GOOD = b"".join(b"casino%d.example\n" % number for number in range(2000)) + b"casino.example\n"
FALL_BACK = "answering by the lists that ship with guardian alone; run `guardian lists compile`"


class Damage(NamedTuple):
    """A file that can't be used, and what is said of it."""

    data: bytes | None
    """None: there is no file."""
    said: str


LISTS = {
    "binary": Damage(NOISE, "this is a binary file or not UTF-8"),
    "cut-off gzip": Damage(gzip.compress(GOOD)[:200], "truncated gzip file: it ends in the middle"),
    "damaged gzip": Damage(gzip.compress(GOOD)[:40] + NOISE, "gzip"),
    "empty": Damage(b"", "the list is empty: no rule in it could be read"),
    "only comments": Damage(b"# nothing\n", "the list is empty: no rule in it could be read"),
    "missing": Damage(None, "the list can't be read: No such file or directory; mend its path in lists.sources"),
}


def damaged(kind: str, good: bytes) -> Damage:
    """Make a compiled set that can't be used out of a good one."""
    middle = len(good) // 2
    return {
        "cut off": Damage(good[:-1], "the compiled set is damaged"),
        "cut off in its header": Damage(good[:50], "the compiled set is empty or cut off"),
        "empty": Damage(b"", "the compiled set is empty or cut off"),
        "a bit turned": Damage(
            good[:middle] + bytes((good[middle] ^ 1,)) + good[middle + 1 :], "its checksum does not fit"
        ),
        "something else": Damage(NOISE, "not a compiled set"),
        "missing": Damage(None, "can't be read: No such file or directory"),
        "of another version": Damage(good[:8] + b"\xff\x7f" + good[10:], "compile it again"),
    }[kind]


SETS = ("cut off", "cut off in its header", "empty", "a bit turned", "something else", "missing", "of another version")


def lay(path: Path, data: bytes | None) -> None:
    """Put a file in the place of another, by rename; without data take it away."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if data is None:
        path.unlink(missing_ok=True)
        return
    new = path.with_name("new")
    new.write_bytes(data)
    new.replace(path)


@pytest.fixture(scope="module")
def with_casino(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the embedded lists and `casino.txt`; return the set."""
    folder = tmp_path_factory.mktemp("casino")
    done = command("lists", "compile", "--config", own_list(folder, "udp://127.0.0.1:9"))
    assert done.returncode == 0, done.stderr
    return folder / "state" / "sets" / "current.set"


def own_list(folder: Path, upstream: str) -> Path:
    """Write a configuration with one list of its own, `casino.txt`."""
    lay(folder / "casino.txt", GOOD)
    extra = "lists: {sources: [{name: casino, category: gambling, path: casino.txt}]}"
    return write_config(folder, upstream, extra=extra)


def is_blocked(answer: dns.message.Message) -> bool:
    return answer.rcode() == dns.rcode.NXDOMAIN and answer.answer == []


def is_open(answer: dns.message.Message) -> bool:
    return answer.rcode() == dns.rcode.NOERROR and ADDRESS in str(answer.answer)


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_that_can_not_be_used_is_named_and_the_published_set_goes_on(
    kind: str, with_casino: Path, tmp_path: Path, authority: Authority, start: Start
) -> None:
    config = own_list(tmp_path, authority.url)
    published = tmp_path / "state" / "sets" / "current.set"
    before = with_casino.read_bytes()
    lay(published, before)
    guardian = start(config).ready()
    damage = LISTS[kind]
    lay(tmp_path / "casino.txt", damage.data)
    done = command("lists", "compile", "--config", config)
    assert done.returncode == 1
    assert f"{tmp_path / 'casino.txt'}" in done.stderr
    assert damage.said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert published.read_bytes() == before
    assert [path.name for path in published.parent.iterdir()] == ["current.set"]
    guardian.reload()
    guardian.wait_for("answering on", times=2)
    assert is_blocked(ask(guardian.port, OWN))
    assert is_open(ask(guardian.port, "school.example"))


def test_every_list_that_can_not_be_used_is_named_at_once(tmp_path: Path, authority: Authority) -> None:
    (tmp_path / "binary.txt").write_bytes(NOISE)
    (tmp_path / "empty.txt").write_bytes(b"")
    rows = ", ".join(
        f"{{name: {name}, category: gambling, path: {name}.txt}}" for name in ("binary", "empty", "absent")
    )
    config = write_config(tmp_path, authority.url, extra=f"lists: {{sources: [{rows}]}}")
    done = command("lists", "compile", "--config", config)
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 3
    for name, line in zip(("binary", "empty", "absent"), lines, strict=True):
        assert f"{tmp_path / name}.txt" in line


@pytest.mark.parametrize("kind", SETS)
def test_a_reload_of_a_damaged_set_keeps_the_old_one_answering_and_says_so(
    kind: str, with_casino: Path, tmp_path: Path, authority: Authority, start: Start
) -> None:
    config = own_list(tmp_path, authority.url)
    published = tmp_path / "state" / "sets" / "current.set"
    good = with_casino.read_bytes()
    lay(published, good)
    guardian = start(config).ready()
    damage = damaged(kind, good)
    lay(published, damage.data)
    guardian.reload()
    line = guardian.wait_for("the last good one goes on answering")
    assert f"{published}: " in line
    assert damage.said in line
    assert is_blocked(ask(guardian.port, OWN))
    assert is_open(ask(guardian.port, "school.example"))
    # and once it is mended, the next reload takes it in
    lay(published, good)
    guardian.reload()
    guardian.wait_for("answering on", times=2)
    assert is_blocked(ask(guardian.port, OWN))
    assert "Traceback" not in guardian.log()


@pytest.mark.parametrize("kind", SETS)
def test_a_damaged_set_at_start_gives_way_to_the_one_before_it(
    kind: str, with_casino: Path, tmp_path: Path, authority: Authority, start: Start
) -> None:
    config = own_list(tmp_path, authority.url)
    published = tmp_path / "state" / "sets" / "current.set"
    good = with_casino.read_bytes()
    lay(published.with_name("previous.set"), good)
    damage = damaged(kind, good)
    lay(published, damage.data)
    guardian = start(config).ready()
    line = guardian.wait_for("the published set can't be used")
    assert damage.said in line
    assert FALL_BACK not in guardian.log()
    assert is_blocked(ask(guardian.port, OWN))


def test_with_both_sets_gone_the_embedded_lists_answer_loudly(
    tmp_path: Path, authority: Authority, start: Start
) -> None:
    config = own_list(tmp_path, authority.url)
    for name in ("current.set", "previous.set"):
        lay(tmp_path / "state" / "sets" / name, NOISE)
    guardian = start(config).ready()
    guardian.wait_for("the published set can't be used")
    guardian.wait_for("the set before it can't be used")
    guardian.wait_for(FALL_BACK)
    assert is_blocked(ask(guardian.port, GAMBLING))
    assert is_open(ask(guardian.port, "alo116.al", device="127.0.0.11"))
    assert is_open(ask(guardian.port, "school.example"))


def test_a_state_folder_that_was_never_made_is_no_reason_not_to_answer(
    tmp_path: Path, authority: Authority, start: Start
) -> None:
    guardian = start(write_config(tmp_path, authority.url)).ready()
    guardian.wait_for(FALL_BACK)
    assert is_blocked(ask(guardian.port, GAMBLING))
    assert not (tmp_path / "state" / "sets").exists()


def test_a_state_folder_that_can_not_be_written_is_named(tmp_path: Path, authority: Authority) -> None:
    config = write_config(tmp_path, authority.url)
    (tmp_path / "state").write_bytes(b"a file where the folder should be")
    done = command("lists", "compile", "--config", config)
    assert done.returncode == 1
    assert f"{tmp_path / 'state'}" in done.stderr
    assert "can't be written" in done.stderr
    assert "is the disk full or read-only?" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_names_the_process_and_its_id(house: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
        done = command("dns", "--config", house, "--listen", f"127.0.0.1:{port}")
    assert done.returncode == 1
    assert f"can't listen on 127.0.0.1 port {port}: " in done.stderr
    assert f"(process {os.getpid()}) holds it; stop that program, or set another port at dns.listen" in done.stderr


def test_another_guardian_on_the_port_goes_on_answering(house: Path, start: Start) -> None:
    guardian = start(house).ready()
    done = command("dns", "--config", house, "--listen", f"127.0.0.1:{guardian.port}")
    assert done.returncode == 1
    assert f"(process {guardian.process.pid}) holds it" in done.stderr
    assert is_blocked(ask(guardian.port, GAMBLING))


def test_an_address_that_this_machine_does_not_have_is_named(house: Path) -> None:
    done = command("dns", "--config", house, "--listen", "192.0.2.1:5300")
    assert done.returncode == 1
    assert "can't listen on 192.0.2.1 port 5300: this machine has no such address" in done.stderr


FIVE_FAULTS = """\
state: ./state
dns:
  listen: ["127.0.0.1:99999"]
  block_mode: drop
upstream: []
family: {unknown_devices: "7-9"}
clients:
  - {network: 127.0.0.300/32, band: "0-5"}
"""


@pytest.mark.parametrize("words", [("check",), ("dns",), ("lists", "compile"), ("explain", "a.example"), ("run",)])
def test_five_faults_are_five_lines_and_exit_78(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "guardian.yaml").write_text(FIVE_FAULTS, encoding="utf-8")
    done = command(*words, "--config", "guardian.yaml", cwd=tmp_path)
    assert done.returncode == 78
    lines = done.stderr.splitlines()
    places = ["3:12: dns.listen[0]", "4:15: dns.block_mode", "5:1: upstream", "6:27: family.unknown_devices"]
    assert len(lines) == 5
    for place, line in zip([*places, "8:15: clients[0].network"], lines, strict=True):
        assert line.startswith(f"guardian.yaml:{place}: ")
    assert done.stdout == ""


def test_a_missing_configuration_is_named(tmp_path: Path) -> None:
    done = command("dns", "--config", tmp_path / "absent.yaml")
    assert done.returncode == 78
    assert done.stderr.startswith(f"{tmp_path / 'absent.yaml'}: there is no such file (name the configuration")


def test_a_set_of_this_machine_survives_a_compilation_that_was_cut_short(
    tmp_path: Path, authority: Authority, compiled: Path, start: Start
) -> None:
    publish(compiled, tmp_path / "state")
    # what a power cut leaves behind: a temporary file, half written
    (tmp_path / "state" / "sets" / ".new-cut-short").write_bytes(compiled.read_bytes()[:1000])
    guardian = start(write_config(tmp_path, authority.url)).ready()
    assert is_blocked(ask(guardian.port, GAMBLING))
    assert "can't be used" not in guardian.log()
