"""Read every list, compile the set and publish it.

Law 1: a list that can't be used stops the compilation, after all have been read, so that every fault shows at once.
Law 2: a rule that means too much is refused in every list but the protected names, which no list can widen.
Law 3: the published set changes at the very end, by rename; the one before it stays.
"""

from __future__ import annotations

import errno
import io
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from guardian.errors import ListError, StoreError
from guardian.lists.compiler import Compiler, Summary
from guardian.lists.formats import read_rules
from guardian.lists.set_file import read_header, verify
from guardian.lists.suffixes import without_too_wide
from guardian.lists.text import Report
from guardian.system.files import map_file, replacing
from guardian.update.sources import list_files, protected_rules, service_rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from guardian.config.settings import Lists
    from guardian.lists.set_file import ListInfo
    from guardian.system.paths import State
    from guardian.update.sources import ListFile

    Progress = Callable[[str], None]


_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


class ListReport(NamedTuple):
    """What the reading of one list met."""

    info: ListInfo
    report: Report


class Compilation(NamedTuple):
    """What was compiled from what."""

    summary: Summary
    lists: tuple[ListReport, ...]


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where lists come from: the embedded lists' folder and the settings."""

    folder: Path
    lists: Lists


def publish(workshop: Workshop, state: State, progress: Progress) -> Compilation:
    """Compile and put the set in the place of the published one; `progress` hears the name of each list read.

    Raises ListError that names every list which can't be used, or StoreError; the published set stays then.
    """
    with (
        replacing(state.current, state.previous, sound=_is_sound, equal=_is_equal) as output,
        tempfile.TemporaryFile(dir=state.sets) as rules,
        tempfile.TemporaryFile(dir=state.sets) as names,
    ):
        return compile_lists(workshop, Compiler(rules, names), output, progress)


def _is_sound(path: Path) -> bool:
    """Say whether a set could answer: only such a one is worth keeping as the previous one."""
    try:
        verify(map_file(path))
    except (ListError, StoreError):
        return False
    return True


def _is_equal(one: Path, other: Path) -> bool:
    """Say whether two sets hold the same; the checksum covers all of a set but itself."""
    return read_header(map_file(one)).checksum == read_header(map_file(other)).checksum


def compile_in_memory(workshop: Workshop) -> memoryview:
    """Compile into memory: for a few thousand names."""
    output = io.BytesIO()
    compile_lists(workshop, Compiler(io.BytesIO(), io.BytesIO()), output, lambda _: None)
    return memoryview(output.getvalue())


def compile_lists(workshop: Workshop, compiler: Compiler, output: BinaryIO, progress: Progress) -> Compilation:
    """Read every list into `compiler` and write the set to `output`."""
    reports = {}
    for info, rules in (*protected_rules(workshop.folder), *service_rules(workshop.folder, workshop.lists)):
        reports[info.id] = Report(name=info.origin, rules=len(rules))
        compiler.add(info, rules)
    faults = []
    for file in list_files(workshop.folder, workshop.lists):
        progress(file.info.id)
        reports[file.info.id] = report = Report(name=str(file.path))
        try:
            _add(compiler, file, report)
        except ListError as error:
            faults.append(str(error))
    if faults:
        raise ListError("\n".join(faults))
    progress("")
    met: list[ListReport] = []

    def described(one: ListInfo) -> ListInfo:
        report = reports[one.id]
        complete = one._replace(rules=report.rules, refused=report.refused)
        met.append(ListReport(complete, report))
        return complete

    summary = compiler.write(output, describe=described)
    return Compilation(summary, tuple(met))


def _add(compiler: Compiler, file: ListFile, report: Report) -> None:
    try:
        with file.path.open("rb") as source:
            rules = read_rules(source, form=file.form, scope=file.scope, report=report)
            compiler.add(file.info, without_too_wide(rules, report))
    except OSError as error:
        if error.errno in _NO_ROOM:
            # of the temporary files, not of the list
            raise
        message = f"{file.path}: the list can't be read: {error.strerror}; mend its path in lists.sources"
        raise ListError(message) from error
    if not report.rules:
        raise ListError(f"{file.path}: the list is empty: no rule in it could be read; is it the right file?")
