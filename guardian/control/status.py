"""Hold how guardian is doing, for people: no count of questions, no device, no name that was asked for.

Law 1: what needs a person is told with what that person can do; all else is no reason to worry.
"""

from __future__ import annotations

from dataclasses import dataclass

OLD_DAYS = 30
"""A set that nobody has renewed for so long misses what is new."""


@dataclass(frozen=True, slots=True)
class SetStatus:
    """The compiled set by which guardian decides."""

    names: int
    lists: int
    checksum: str
    published: str
    """The published set is `in force`, `waiting` to be taken in, `unusable`, or `missing`."""
    days: int | None
    """The age of its file; None where it is in none: the lists that ship with guardian, compiled in memory."""
    oldest: tuple[str, ...]
    """The lists of one's own that have not changed for longest, at most three: name and age."""


@dataclass(frozen=True, slots=True)
class UpstreamStatus:
    """One resolver that is asked."""

    server: str
    encrypted: bool
    state: str
    """`answers`, `silent`, or `untried`."""
    trouble: str
    """Why it does not work, and what an adult can decide; empty where nothing is wrong."""


@dataclass(frozen=True, slots=True)
class NetworkStatus:
    """Who may ask, and whether guardian can tell them apart."""

    local: int
    """How many networks of this machine's own interfaces may ask; 0 where `local` is not in dns.allow_from."""
    gateway_only: bool
    """Every question comes from the router's own address: devices can't be told apart."""
    named: int
    """How many devices and networks are named, by the operator or the family: their rules can't hold then."""
    loose: tuple[str, ...]
    """Networks at clients with their bands that are looser than unknown devices have it, where there are children."""


@dataclass(frozen=True, slots=True)
class Status:
    """How a running `guardian dns` is doing."""

    version: str
    form: str
    """`pure Python` or `compiled`."""
    minutes: int
    """How long it has been running."""
    listening: tuple[str, ...]
    """Addresses with ports, over UDP and TCP; those over TLS begin with `tls://`."""
    set: SetStatus
    upstreams: tuple[UpstreamStatus, ...]
    networks: NetworkStatus
    paused_minutes: int | None
    """For how much longer filtering pauses; None where it doesn't."""
    paused_until: str | None
    """The same as a time of day, `14:32`."""
    reload_trouble: str
    """Why the last reload was not taken in; empty where it was."""
    family_trouble: str
    """Why the family store can't be read, and what holds meanwhile; empty where it can."""
    clock_known: bool
    """Whether the time can be believed; where it can't, nothing is open that has its hours."""
    memory: int
    """MiB of its own; the mapped set is the kernel's."""


def needs(status: Status) -> tuple[str, ...]:
    """Give what needs a person, each with what to do; nothing where all is well."""
    found = [*_set_needs(status.set)]
    if status.reload_trouble:
        found.append(f"the last reload was not taken in: {status.reload_trouble}; mend it, then `guardian reload`")
    if status.family_trouble:
        found.append(status.family_trouble)
    if not status.clock_known:
        found.append(
            "the time of this machine is not known for sure, so what has hours stays closed; let it reach a time server"
            " (`timedatectl` says how that goes)"
        )
    found += [f"{one.server}: {one.trouble}" for one in status.upstreams if one.trouble]
    if status.upstreams and all(one.state == "silent" for one in status.upstreams):
        found.append("no upstream answers: names in memory and closed ones are answered; is the internet there?")
    found += [
        f"{one} at clients: a child's device with a new hardware address gets that; name the adults' devices instead"
        for one in status.networks.loose
    ]
    if status.networks.gateway_only:
        lost = f", and none of the {status.networks.named} that are named has its own rules" * bool(
            status.networks.named
        )
        found.append(
            f"every question comes from the router: children's devices can't be told apart{lost}; enter guardian's"
            " address as DNS server in the router's DHCP settings, so that devices ask it themselves"
        )
    return tuple(found)


def _set_needs(one: SetStatus) -> list[str]:
    if one.published == "waiting":
        return ["another set is published and not taken in yet; run `guardian reload`"]
    if one.published == "unusable":
        return ["the published set can't be used and an older one answers; run `guardian lists compile`"]
    if one.published == "missing":
        return ["no set is published: the lists that ship with guardian answer; run `guardian lists compile`"]
    if one.days is not None and one.days > OLD_DAYS:
        return [f"the set is {one.days} days old; run `guardian lists compile` after renewing your lists"]
    return []
