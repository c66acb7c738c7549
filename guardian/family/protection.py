"""Know the sites that nobody closes: helplines and the like, and what they need to work, each with its reason.

Law 1: a rule on them would have no effect, for they are read before any rule; so it is refused where it is written.
"""

from __future__ import annotations

from guardian.errors import DecisionError
from guardian.family.words import read_site
from guardian.lists.catalog import read_protected


def refuse_protected(typed: str, text: bytes, file: str) -> None:
    """Raise DecisionError for a site that is to be closed and is protected, by the text of protected.yaml.

    Raises ConfigError where the file is damaged.
    """
    site = read_site(typed)
    labels = site.split(".")
    # no protected name is a single label
    above = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    # reading the file takes a small computer seconds: it is only read for a name that stands in it somewhere
    if not any(name.encode() in text for name in above):
        return
    for entry in read_protected(text, file).entries:
        if any(name in above for name in (entry.name, *entry.needs)):
            raise DecisionError(f"{site} is protected, so nobody closes it: {entry.reason.en}")
