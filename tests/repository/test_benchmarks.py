"""The harness of `make bench`: its lines, its limits, a peer that is missing, a row that fails."""

import os
import sys
from pathlib import Path

import pytest

from dev.benchmarks import __main__ as bench
from dev.benchmarks import peers, processes, report
from dev.benchmarks.result import Detail, Limit, Result, at_most, floor_seconds


def a_row(ours: float = 8.0, peer: float | None = 56.0) -> list[Result]:
    limit = at_most(ours, peer, 0.2, "at most 0.2 of c7n's time")
    one = Detail("ours", ours, (ours, ours + 1), 0.5, 50 * 2**20, {"DeleteBackup": 1000, "CopyBackup": 0}, "all")
    return [Result("purge-1000", ours, "s", {"c7n": peer, "boto3": 8.0}, [limit], [one], "A note.")]


def broken() -> list[Result]:
    raise RuntimeError("the emulator did not start")


def test_a_row_is_a_line_for_every_peer_then_its_limits() -> None:
    [result] = a_row()
    assert result.lines() == [
        "bench purge-1000 ours=8s peer=c7n:56s ratio=0.14",
        "bench purge-1000 ours=8s peer=boto3:8s ratio=1.00",
        "  met: at most 0.2 of c7n's time (0.14)",
    ]


def test_a_missing_peer_is_said_and_breaks_no_limit() -> None:
    [result] = a_row(peer=None)
    assert result.lines()[0] == "bench purge-1000 ours=8s peer=c7n:missing ratio=-"
    assert result.lines()[-1] == "  not measured: at most 0.2 of c7n's time"
    assert bench.status([result], []) == 0


def test_a_missed_limit_gives_the_exit_status_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "ROWS", {"slow": lambda: a_row(ours=30.0), "good": a_row})
    monkeypatch.setattr(peers, "missing", lambda: "")
    assert bench.main("good") == 0
    assert bench.main("slow") == 1
    told = capsys.readouterr()
    assert "  MISSED: at most 0.2 of c7n's time (0.54)" in told.out
    assert told.err.count("MISSES its limit") == 1


def test_a_row_that_fails_is_said_and_the_others_are_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(bench, "ROWS", {"broken": broken, "good": a_row})
    monkeypatch.setattr(bench, "PAGE", tmp_path / "benchmarks.md")
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    monkeypatch.setattr(peers, "missing", lambda: "")
    assert bench.main("") == 1
    assert "bench broken FAILED\nbench purge-1000 ours=8s" in capsys.readouterr().out
    page = (tmp_path / "benchmarks.md").read_text()
    assert "these rows failed: broken." in page
    assert "| purge-1000 | 8s | c7n | 56s | 0.14 |" in page


def test_what_a_peer_cannot_do_is_said() -> None:
    found = report.ratios([Result("storm", 9, "s", cannot={"c7n": "follows no backup"})])
    assert "| storm | 9s | c7n | cannot: follows no backup | - |" in found
    assert found.count("storm") == 1


@pytest.mark.parametrize(
    ("wanted", "row"),
    [
        ("purge-1000", "purge-1000"),
        ("purge-1000-limited", "purge-1000-limited"),
        ("plan-1000", "plan"),
        ("package", "cold-import"),
    ],
)
def test_every_printed_row_can_be_asked_for(wanted: str, row: str) -> None:
    assert list(bench.chosen(wanted)) == [row]


def test_a_missing_peer_plays_no_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "missing", lambda: "no network")
    sides = [processes.Side(name, ["true"], {}) for name in ("ours", "c7n", "boto3")]
    assert [side.name for side in peers.present(*sides)] == ["ours", "boto3"]


def test_a_limit_counts_its_last_value_as_met() -> None:
    assert at_most(11, 10, 1.1, "at most 1.1") == Limit("at most 1.1 (1.10)", True)
    assert not at_most(11.1, 10, 1.1, "at most 1.1").met


def test_a_side_is_a_process_whose_use_is_its_own() -> None:
    code = "import sys; print(sys.stdin.read() * 2); data = b'x' * 80_000_000; sys.exit(3)"
    run = processes.run(processes.Side("any", [sys.executable, "-c", code], dict(os.environ), "ab"))
    assert run.output == "abab\n"
    assert run.status == 3
    assert 80_000_000 < run.peak_bytes < 200_000_000
    assert run.cpu > 0
    with pytest.raises(RuntimeError, match="status 3"):
        run.checked()


def test_sides_take_turns() -> None:
    order: list[str] = []

    def once(side: processes.Side) -> processes.Run:
        order.append(side.name)
        return processes.Run(1.0, 0.5, 1, 0, "", "", {"DeleteBackup": len(order)})

    runs = processes.alternate([processes.Side(name, [], {}) for name in "AB"], 3, once)
    assert order == list("ABABAB")
    assert processes.detail("A", runs["A"]).calls == {"DeleteBackup": 3}


def test_the_page_has_what_one_needs_to_repeat_it() -> None:
    page = report.page(a_row(), [], {"date": "2026-11-23"})
    assert "| date | 2026-11-23 |" in page
    assert "make bench ROW=purge-1000" in page
    assert "| purge-1000 | at most 0.2 of c7n's time (0.14) | met |" in page
    assert "| purge-1000 | ours | 8.00 | 8.00 to 9.00 | 0.50 s | 50 MiB | 1,000 DeleteBackup | all |" in page
    assert "- purge-1000: A note." in page


def test_custodians_policy_filters_on_a_field_that_backups_have() -> None:
    [age] = [one for one in peers.purge_policy()["filters"] if one.get("value_type") == "age"]
    assert age["key"] == "CreationTime"


@pytest.mark.parametrize(("calls", "seconds"), [(102, 19.4), (5, 0), (0, 0), (6, 0.2)])
def test_the_floor_is_what_the_bucket_allows(calls: int, seconds: float) -> None:
    assert floor_seconds(calls, per_second=5, burst=5) == pytest.approx(seconds)


def test_an_unknown_row_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main("purges") == 2
    assert "there is no row 'purges'; the rows are purge-1000, purge-1000-limited," in capsys.readouterr().err
