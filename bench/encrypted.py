"""An upstream that is asked over TLS: unbound before the loopback upstream, with a certificate of the bench's own."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import trustme

from bench.servers import UNBOUND_SERVER, free_port, needed, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "upstream.bench.example"

_UNBOUND = f"""\
server:
  interface: 127.0.0.1@{{port}}
  interface: 127.0.0.1@{{tls}}
  tls-port: {{tls}}
  tls-service-key: "{{folder}}/tls.key"
  tls-service-pem: "{{folder}}/tls.pem"
  incoming-num-tcp: 16
{UNBOUND_SERVER}remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{{upstream}}
"""


@dataclass(frozen=True, slots=True)
class Front:
    """Where it answers over TLS, and the file of who certified it."""

    port: int
    authorities: Path


@contextlib.contextmanager
def front(folder: Path, core: int, upstream: int) -> Iterator[Front]:
    """Start it on one core; it forwards to the loopback port `upstream`."""
    program = needed("unbound", "apt install unbound")
    certifier = trustme.CA()
    made = certifier.issue_cert(NAME)
    made.private_key_pem.write_to_path(folder / "tls.key")
    made.cert_chain_pems[0].write_to_path(folder / "tls.pem")
    certifier.cert_pem.write_to_path(folder / "authorities.pem")
    port, tls, config = free_port(), free_port(), folder / "front.conf"
    config.write_text(_UNBOUND.format(port=port, tls=tls, folder=folder, upstream=upstream), encoding="utf-8")
    with running("front", [str(program), "-d", "-c", str(config)], port, core, folder / "front.log"):
        yield Front(tls, folder / "authorities.pem")
