"""Name the hot modules and build them with mypyc; compile.py runs this in a copy of the sources."""

from __future__ import annotations

from mypyc.build import mypycify
from setuptools import setup

HOT = (
    "wire/names",
    "wire/question",
    "wire/answers",
    "lists/domain_set",
    "policy/policy",
    "engine/cache",
    "engine/limit",
    "engine/special",
    "engine/stages",
    "engine/judgement",
    "engine/answers",
    "engine/engine",
    "server/listener",
    "server/udp",
    "server/inherited",
    "server/connection",
    "server/connections",
    "server/tcp",
    "server/tls",
)
"""What every question meets; all else is met seldom, and is read more often than it runs."""

setup(
    name="guardian-compiled",
    py_modules=[],
    ext_modules=mypycify(
        # dnslib and others ship no types; lint has judged ours already
        ["--ignore-missing-imports", *[f"guardian/{name}.py" for name in HOT]],
        opt_level="3",
        group_name="guardian",
    ),
)
