"""The bench runs, and every server answers every question right; a busy machine may make it slow, never wrong."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any

import dns.flags
import dns.message
import dns.rdatatype
import pytest

from bench.names import ALLOWED_START, name_at
from bench.questions import NXDOMAIN, Asking, cold, mix_b, packet
from bench.report import COMPILED, ENCRYPTED, FAMILY, POOLED, summarise, target_table
from bench.rounds import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SANE_RATIO = 3.0
"""More than this many times unbound's CPU is not noise of the machine."""


@pytest.fixture(scope="module")
def found(root: Path, program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    for peer in ("cc", "unbound", "dnsmasq"):
        program(peer)
    file = tmp_path_factory.mktemp("bench") / "found.json"
    command = [sys.executable, "-m", "bench", "--quick", "--family", "--dot", "--start", "--json", str(file)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=240, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    result: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return result


def test_every_server_answers_every_question_right(found: dict[str, Any]) -> None:
    asked = {(one["server"], one["mix"]) for one in found["rounds"]}
    assert {(name, mix) for name in ("guardian", FAMILY, "unbound", "dnsmasq", "echo") for mix in "AB"} <= asked
    assert [one for one in found["rounds"] if one["wrong"] or one["answered"] < one["asked"] * 0.999] == []


def test_asking_upstream_over_tls_costs_no_more_than_four_times_as_much(found: dict[str, Any]) -> None:
    cold = {one["server"]: one["cpu_us"] for one in found["lines"] if one["mix"] == "cold"}
    assert cold[ENCRYPTED] <= 4 * cold[POOLED], cold


def test_a_quarter_of_the_questions_is_blocked(found: dict[str, Any]) -> None:
    for one in found["rounds"]:
        if one["mix"] in "AB" and one["server"] != "echo":
            assert one["rcodes"][NXDOMAIN] / one["asked"] == pytest.approx(0.25, abs=0.02), one


def test_guardian_costs_no_more_than_three_times_unbound(found: dict[str, Any]) -> None:
    ratios = {(one["mix"], one["window"]): one["ratios"] for one in found["lines"] if one["server"] == "guardian"}
    print(ratios)
    assert all(one["unbound"] < SANE_RATIO for (mix, _), one in ratios.items() if mix in "AB"), ratios


def test_a_family_with_full_schedules_costs_a_question_hardly_more(found: dict[str, Any]) -> None:
    least = {(one["server"], one["mix"]): one["least"] for one in found["lines"]}
    # `make bench ARGS=--family` holds it to 1.05; three rounds are too few for that
    assert all(least[FAMILY, mix] <= 1.3 * least["guardian", mix] for mix in "AB"), least


def test_compiling_and_starting_are_measured(found: dict[str, Any]) -> None:
    assert found["compiling"][0]["cpu_us_a_name"] > 0
    assert min(found["start_cpu_seconds"]) > 0
    assert found["memory_kib"]["guardian, 20,000 names"]["anonymous"] > 0


def test_no_two_indices_have_the_same_name_and_none_is_below_another_but_by_www() -> None:
    names = {name_at(index) for index in range(20_000)} | {name_at(ALLOWED_START + index) for index in range(2_000)}
    assert len(names) == 22_000
    for name in names:
        labels = name.split(".")
        above = {".".join(labels[cut:]) for cut in range(1, len(labels))} & names
        assert above == ({name.removeprefix("www.")} if name.startswith("www.") else set())


def test_a_question_is_what_another_reader_of_dns_takes_it_for() -> None:
    message = dns.message.from_wire(packet("cdn.example.co.uk", edns=True))
    assert (str(message.question[0].name), message.question[0].rdtype) == ("cdn.example.co.uk.", dns.rdatatype.A)
    assert (message.flags, message.payload, message.edns) == (dns.flags.RD, 1232, 0)
    assert dns.message.from_wire(packet("a.example", edns=False)).edns == -1


def test_the_same_seed_asks_the_same_and_another_part_does_not() -> None:
    asking = Asking(listed=1_000)
    assert list(mix_b(asking, 100, 1)) == list(mix_b(asking, 100, 1))
    assert list(mix_b(asking, 100, 1)) != list(mix_b(asking, 100, 2))


def test_cold_questions_never_repeat() -> None:
    asked = [record for part in range(5) for record in cold(Asking(listed=10), 200, part)]
    assert len(set(asked)) == len(asked)
    length, rcode = struct.unpack("!HB", next(islice(asked, 1))[:3])
    assert (length, rcode) == (len(asked[0]) - 3, 0)


def _outcome(server: str, cpu_us: float, *, answered: int = 1_000, wrong: int = 0) -> Outcome:
    return Outcome(server, "A", 64, 0, cpu_us, 1.0, 0.0, 1.0, 1_000, answered, wrong, 0, (answered,))


def test_a_ratio_is_of_medians_so_one_disturbed_round_changes_nothing() -> None:
    lines = summarise([_outcome("guardian", cost) for cost in (6, 6, 60)] + [_outcome("unbound", 5)] * 3)
    assert next(one for one in lines if one.server == "guardian").ratios == {"unbound": pytest.approx(1.2)}


@pytest.mark.parametrize(
    ("cost", "word"), [(4.9, "0.98 x unbound, {}: reached"), (5.0, "1.00 x unbound, {}: NOT reached")]
)
def test_the_compiled_guardian_is_wanted_below_unbound(cost: float, word: str) -> None:
    told = target_table(summarise([_outcome(COMPILED, cost), _outcome("guardian", 5.5), _outcome("unbound", 5)]))
    assert word.format("compiled: below unbound wanted") in told
    assert "1.10 x unbound, wanted <= 1.2: reached" in told


def test_a_round_with_one_wrong_answer_or_too_many_lost_is_not_right() -> None:
    assert _outcome("guardian", 5, answered=999).is_right
    assert not _outcome("guardian", 5, answered=998).is_right
    assert not _outcome("guardian", 5, wrong=1).is_right
