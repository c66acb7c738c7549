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
    from collections.abc import Iterator, Sequence
    from types import ModuleType

GROUPS = {
    "Guardian itself": {
        "run": "set everything up and answer DNS in the foreground",
        "dns": "answer DNS by the published set",
        "web": "serve the family's API, by which parents decide",
        "status": "say how the running guardian is, and what needs a person",
        "reload": "let the running guardian take in settings and lists anew",
        "check": "check the configuration and the lists; every fault at once",
        "lists": "compile lists, or show what is compiled",
        "demo": "a tour that needs no internet",
    },
    "The family": {
        "children": "who the children are, and what holds for each",
        "devices": "whose the devices are",
        "requests": "what children ask for, and what you answer",
        "allow": "open a site, a category or a service",
        "block": "close a site, a category or a service",
        "rules": "what was opened and closed by hand",
        "family": "what holds for the whole family; who changed what",
        "setup-code": "print the code that makes a parent on the web",
        "backup": "write what the family has decided to one sealed file",
        "restore": "let a backup take the place of what was decided since",
        "wipe": "erase everything that the family has decided",
    },
    "Time": {
        "schedule": "when something is closed, week by week",
        "holidays": "days without school, on which some hours do not hold",
        "budget": "minutes a day that a child starts and stops itself",
        "off": "turn the internet or a part of it off for a while",
        "bonus": "let hours and minutes close nothing for a while",
        "lesson": "open exactly these sites for a while",
        "pause": "let filtering pause for the house or one child",
        "resume": "end a pause",
    },
    "Why": {
        "explain": "say why a name is open or closed",
        "try": "say which names some lists would block",
    },
}
"""Each command and what it does, under the headings of the help."""
COMMANDS = {name: sentence for group in GROUPS.values() for name, sentence in group.items()}
HOTTEST = "guardian.engine.engine"
"""The module that tells in which form guardian runs: the hot ones are compiled together or not at all."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `guardian` with these arguments and give the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="guardian",
        description="A family DNS filter that forgets the question.",
        epilog="\n\n".join(_grouped()) + "\n\nguardian COMMAND --help says more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    told = f"guardian {version('guardian-dns')} ({form_of(HOTTEST)})"
    parser.add_argument("--version", action="version", version=told)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, help="one of those below")
    for name, sentence in COMMANDS.items():
        command = commands.add_parser(name, description=sentence)
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


def _grouped() -> Iterator[str]:
    for title, group in GROUPS.items():
        yield "\n".join([f"{title}:", *(f"  {name:12}{sentence}" for name, sentence in group.items())])
