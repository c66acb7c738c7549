"""The names of a house: what the operator wrote, and what devices called themselves."""

from __future__ import annotations

import os
import threading
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

import pytest

from guardian.config.settings import Settings, read_settings
from guardian.daemon.house_names import HouseNames, Leases, own_zones, records_of
from guardian.system.leases import Lease
from guardian.wire import codes
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    from pathlib import Path

    from guardian.daemon.house_names import Records


def settings(extra: str = "", folder: str = "/etc/guardian") -> Settings:
    return read_settings(f"state: ./state\n{extra}".encode(), "guardian.yaml", folder)


def lease(name: str, address: str) -> Lease:
    return Lease(name, ip_address(address))


def addresses(records: Records, name: str) -> list[str]:
    """Give the addresses that a name has among records, IPv4 first."""
    found = records.get(to_wire(name), {})
    tails = [found[qtype].body[-size:] for qtype, size in ((codes.A, 4), (codes.AAAA, 16)) if qtype in found]
    return [str(ip_address(tail)) for tail in tails]


RECORDS = """\
records:
  - {name: printer.home.lan, address: 192.168.1.9}
  - {name: printer.home.lan, address: "fd00::9"}
  - {name: scanner.home.lan, address: 192.168.1.9}
names: {domain: home.lan}
"""


def test_an_address_of_a_record_has_the_first_name_written() -> None:
    records = records_of(settings(RECORDS))
    answer = records[to_wire("9.1.168.192.in-addr.arpa")][codes.PTR]
    assert (answer.counts, answer.ttl) == ((1, 0), 60)
    assert answer.body.endswith(to_wire("printer.home.lan"))
    assert len(records) == 4


def test_a_device_has_the_name_that_it_gave_and_both_its_addresses() -> None:
    records = records_of(settings(RECORDS), [lease("laptop", "192.168.1.20"), lease("laptop", "fd00::20")])
    assert addresses(records, "laptop.home.lan") == ["192.168.1.20", "fd00::20"]
    answer = records[to_wire("20.1.168.192.in-addr.arpa")][codes.PTR]
    assert (answer.ttl, answer.body[-len(to_wire("laptop.home.lan")) :]) == (30, to_wire("laptop.home.lan"))


def test_no_device_takes_a_name_or_an_address_that_the_operator_wrote() -> None:
    records = records_of(settings(RECORDS), [lease("printer", "192.168.1.66"), lease("evil", "192.168.1.9")])
    assert addresses(records, "printer.home.lan") == ["192.168.1.9", "fd00::9"]
    assert to_wire("66.1.168.192.in-addr.arpa") not in records
    assert records[to_wire("9.1.168.192.in-addr.arpa")][codes.PTR].body.endswith(to_wire("printer.home.lan"))


def test_of_two_devices_with_one_name_the_first_keeps_it() -> None:
    records = records_of(settings(RECORDS), [lease("nas", "192.168.1.20"), lease("nas", "192.168.1.66")])
    assert addresses(records, "nas.home.lan") == ["192.168.1.20"]
    assert to_wire("66.1.168.192.in-addr.arpa") not in records


def test_a_name_that_is_too_long_with_its_domain_is_left_out() -> None:
    domain = ".".join(["d" * 60] * 4)
    told = [lease("a" * 63, "192.168.1.20"), lease("short", "192.168.1.21")]
    assert list(records_of(settings(f"names: {{domain: {domain}}}\n"), told)) == [
        to_wire("21.1.168.192.in-addr.arpa"),
        to_wire(f"short.{domain}"),
    ]


def test_the_zones_of_a_house_are_its_domain_and_its_public_networks() -> None:
    texts = ("192.168.1.0/24", "fd00::/64", "fe80::/64", "::1/128", "2a01:e0a:1:2::/64")
    zones = own_zones(settings("names: {domain: home.lan}\n"), map(ip_network, texts))
    assert zones == {
        to_wire("arpa"): {to_wire("2.0.0.0.1.0.0.0.a.0.e.0.1.0.a.2.ip6.arpa")},
        to_wire("lan"): {to_wire("home.lan")},
    }


def test_the_usual_domain_stands_beside_the_reverse_zones() -> None:
    assert own_zones(settings(), [ip_network("2a01:e0a::/32")]) == {
        to_wire("arpa"): {to_wire("home.arpa"), to_wire("a.0.e.0.1.0.a.2.ip6.arpa")}
    }


# --- the files --------------------------------------------------------------------------------------------------------

SECONDS = 10
FIRST = "0 3c:22:fb:10:20:30 192.168.1.20 laptop *\n"
SECOND = "0 3c:22:fb:10:20:31 192.168.1.21 tablet *\n"


@pytest.fixture
def watched(tmp_path: Path) -> tuple[Path, Leases]:
    """Return a lease file and who looks at it, once already."""
    file = tmp_path / "dnsmasq.leases"
    file.write_text(FIRST)
    leases = Leases(settings(f"names: {{leases: [{file}]}}\n").names)
    assert leases.look()
    return file, leases


def test_a_changed_file_is_read_and_an_unchanged_one_is_not(
    watched: tuple[Path, Leases], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, leases = watched
    monkeypatch.setattr("guardian.daemon.house_names.read_leases", lambda _: pytest.fail("read again"))
    assert not leases.look()
    monkeypatch.undo()
    file.write_text(FIRST + SECOND)
    assert leases.look()
    assert [one.name for one in leases.all] == ["laptop", "tablet"]


def test_a_lease_that_is_only_renewed_changes_nothing(watched: tuple[Path, Leases]) -> None:
    file, leases = watched
    file.write_text(FIRST.replace("0 ", "1796230000 ", 1))
    assert not leases.look()


def test_a_file_that_a_server_puts_in_place_of_the_old_one_is_seen(watched: tuple[Path, Leases]) -> None:
    file, leases = watched
    status = file.stat()
    other = file.with_name("new")
    other.write_text(FIRST.replace("laptop", "tablet"))
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(file)
    assert leases.look()
    assert [one.name for one in leases.all] == ["tablet"]


def test_a_file_that_can_t_be_read_is_told_once_and_comes_back(
    watched: tuple[Path, Leases], caplog: pytest.LogCaptureFixture
) -> None:
    file, leases = watched
    file.unlink()
    assert leases.look()
    assert not leases.all
    assert not leases.look()
    (told,) = caplog.messages
    assert f"{file}: can't be read: No such file or directory" in told
    file.write_text(SECOND)
    assert leases.look()
    assert [one.name for one in leases.all] == ["tablet"]


def test_a_pipe_in_place_of_a_file_holds_nobody_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pipe = tmp_path / "leases"
    os.mkfifo(pipe)
    looks = threading.Thread(target=Leases(settings(f"names: {{leases: [{pipe}]}}\n").names).look, daemon=True)
    looks.start()
    looks.join(SECONDS)
    assert not looks.is_alive()
    assert f"{pipe}: can't be read: it is no regular file" in caplog.text


def test_nothing_that_is_logged_names_a_device(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "leases"
    file.write_text(FIRST)
    names = HouseNames(settings(f"{RECORDS.replace('home.lan}', f'home.lan, leases: [{file}]}}')}"))
    file.write_text(SECOND)
    assert names.look()
    file.unlink()
    assert names.look()
    assert not any(word in caplog.text for word in ("laptop", "tablet", "192.168.1.2"))
