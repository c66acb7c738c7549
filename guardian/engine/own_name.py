"""Answer guardian's own name, by which a browser in the house finds its pages."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from guardian.model import Answer, Query, Reason, Reply
from guardian.wire.names import to_wire
from guardian.wire.own import OTHER_TYPES, own_answers

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN_NAME = to_wire("guardian.home.arpa")


def own_name_reply(query: Query, here: str) -> Reply:
    """Answer by the address that was asked: the one that the asker can surely reach."""
    answers = _answers(here)
    answer = answers.get(query.qtype) or answers[OTHER_TYPES]
    return Reply(query, answer.rcode, Reason.THIS_HOUSE, answer)


@lru_cache(maxsize=64)
def _answers(here: str) -> Mapping[int, Answer]:
    """Give the answers by one of guardian's own addresses; writing them takes as long as forty other answers."""
    address = ip_address(here.partition("%")[0]) if here else None
    # "all addresses" is none that a browser could go to
    return own_answers(OWN_NAME, [] if address is None or address.is_unspecified else [address])
