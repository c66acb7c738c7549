"""Say in words what should not have happened, without its own words, which may hold a name or an address."""

from __future__ import annotations


def in_words(fault: BaseException) -> str:
    """Give the kind of a fault and its place in the code, as `ValueError at engine.py:12`."""
    trace = fault.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = "an unknown place"
    if trace:
        place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
    return f"{type(fault).__name__} at {place}"
