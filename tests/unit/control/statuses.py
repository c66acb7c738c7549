"""A status in which all is well, for tests to spoil."""

from __future__ import annotations

from guardian.control.status import NetworkStatus, SetStatus, Status, UpstreamStatus

WELL = Status(
    version="0.1.0",
    form="pure Python",
    minutes=200,
    listening=("192.168.1.2:53", "[fd00::2]:53"),
    set=SetStatus(2638, 208, "b236baef1f14" + "0" * 52, "in force", 3, ("our-list, 400 days",)),
    upstreams=(UpstreamStatus("tls://9.9.9.9:853 (dns.quad9.net)", encrypted=True, state="answers", trouble=""),),
    networks=NetworkStatus(2, gateway_only=False, named=0, loose=()),
    paused_minutes=None,
    paused_until=None,
    reload_trouble="",
    family_trouble="",
    clock_known=True,
    memory=26,
)
