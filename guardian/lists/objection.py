"""Hold why a rule is not taken although its names may be good.

Law 1: a reason is one of this fixed table: no byte of a hostile list reaches a terminal or a page through it.
"""

from __future__ import annotations

import enum


class Objection(enum.StrEnum):
    """Why a rule of a list is refused."""

    MODIFIER = "an option behind $ that this reader does not know: the rule may mean less than it seems"
    VALUE = "an option behind $ with a value that makes no sense"
    REWRITE = "$dnsrewrite: a list may block, it never answers with an address"
    PERSONAL = "$client and $ctag are read in the operator's own rules only: a list does not know this house"
    TOO_WIDE = "too wide: a pattern needs three characters in a row that are no star"
    WHOLE_LABEL = "a pattern that ends in a single label would block whole top-level domains"
    PART_OF_IDN = "a part of an internationalised label: only whole labels have a form on the wire"
    LOOKAROUND = "a regular expression that looks around or back: it can't be judged in linear time"
    BROKEN_REGEX = "a regular expression that is not whole: a bracket or a repeat is wrong"
    DEEP_REGEX = "a regular expression that is too long or nested too deeply"
    NOT_DNSMASQ = "not in the syntax of dnsmasq: OPTION=/NAME/"
    NOT_UNBOUND = 'not in the syntax of unbound: local-zone: "NAME" TYPE'
    NOT_A_RECORD = "not a record of a zone file: NAME CNAME TARGET"
    LONG_RECORD = "a record in parentheses that does not end"
    OUT_OF_ZONE = "a name outside the zone that this file is"
