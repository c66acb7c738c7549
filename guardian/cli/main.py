"""Read the command line, run one command, and turn a fault into its message and exit code.

Law 1: exit 0 ok, 1 a runtime fault, 2 usage, 78 a bad configuration (sysexits EX_CONFIG).
Law 2: a command's module is imported only when it runs: `guardian dns` must stay small.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

from guardian.errors import EXIT_CONFIG, EXIT_FAULT, ConfigError, GuardianError
from guardian.system.build import form_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

COMMANDS = {
    "run": "set everything up and answer DNS in the foreground",
    "dns": "answer DNS by the published set",
    "web": "serve the family's API, by which parents decide",
    "setup-code": "print the code that makes a parent on the web",
    "status": "say how the running guardian is, and what needs a person",
    "pause": "let filtering pause for the whole house, for a while",
    "resume": "end a pause",
    "reload": "let the running guardian take in settings and lists anew",
    "children": "who the children are, and what holds for each",
    "devices": "whose the devices are",
    "schedule": "when something is closed, week by week",
    "check": "check the configuration and the lists; every fault at once",
    "explain": "say why a name is open or closed",
    "try": "say which names some lists would block",
    "lists": "compile lists, or show what is compiled",
    "backup": "write what the family has decided to one file that only its passphrase opens",
    "restore": "let a backup take the place of what the family has decided since",
    "demo": "a tour that needs no internet",
}
HOTTEST = "guardian.engine.engine"
"""The module that tells in which form guardian runs: the hot ones are compiled together or not at all."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `guardian` with these arguments and give the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="guardian", description="A family DNS filter that forgets the question.")
    told = f"guardian {version('guardian-dns')} ({form_of(HOTTEST)})"
    parser.add_argument("--version", action="version", version=told)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, sentence in COMMANDS.items():
        command = commands.add_parser(name, help=sentence, description=sentence, add_help=True)
        if words[:1] == [name]:
            _module(name).add_arguments(command)
    given = parser.parse_args(words)
    try:
        return int(_module(given.command).run(given))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return EXIT_CONFIG
    except GuardianError as error:
        print(f"guardian: {error}", file=sys.stderr)
        return EXIT_FAULT
    except BrokenPipeError:
        # whoever read our output has enough; Python must not complain again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAULT
    except KeyboardInterrupt:
        return EXIT_FAULT


def _module(command: str) -> ModuleType:
    return importlib.import_module(f"guardian.cli.{command.replace('-', '_')}_command")
