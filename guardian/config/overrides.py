"""Change settings by what the command line says, judged as strictly as the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic_core import PydanticCustomError

from guardian.config.settings import Settings, Upstream
from guardian.config.values import read_endpoint, read_upstream_url
from guardian.errors import ConfigError, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


def overridden(settings: Settings, *, listen: Sequence[str] = (), upstream: str | None = None) -> Settings:
    """Give the settings with these listeners and this upstream in place of the file's; ConfigError names the option."""
    changes: dict[str, object] = {}
    if listen:
        endpoints = tuple(_read(read_endpoint, "--listen", text) for text in listen)
        changes["dns"] = settings.dns.model_copy(update={"listen": endpoints})
    if upstream is not None:
        url = _read(read_upstream_url, "--upstream", upstream)
        if url.address is None:
            raise ConfigError([Fault("--upstream", 0, 0, "", f"the host {url.host!r} is a name", "write its address")])
        changes["upstreams"] = (Upstream(url=url),)
    return settings.model_copy(update=changes)


def _read(reader: Callable[[object], T], option: str, text: str) -> T:
    try:
        return reader(text)
    except PydanticCustomError as error:
        hint = str((error.context or {}).get("hint", ""))
        raise ConfigError([Fault(option, 0, 0, "", error.message(), hint)]) from error
