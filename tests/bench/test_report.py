"""What a benchmark prints, keeps, and says by its exit code."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from bench import report
from bench.measure import Row


def row(name: str = "one", *, holds: bool = True, cpu: float | None = None) -> Row:
    facts: dict[str, object] = {} if cpu is None else {report.CPU: cpu}
    return Row(name=name, what="it", must="<= 1", measured="1", holds=holds, facts=facts)


def test_the_workers_cpu_is_a_column_where_it_is_known() -> None:
    lines = report.table([row(cpu=1.234), row()], with_cpu=True).splitlines()
    assert lines[2] == "| one | it | <= 1 | 1 | 1.23 | yes |"
    assert lines[3] == "| one | it | <= 1 | 1 | - | yes |"
    assert lines[0].count("|") == lines[1].count("|") == lines[2].count("|")


@pytest.mark.parametrize(("holds", "code"), [(True, 0), (False, 1)])
def test_the_exit_code_says_whether_every_row_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], holds: bool, code: int
) -> None:
    file = tmp_path / "results" / "some.json"
    assert report.written(file, {"cores": 2}, [row(), row(holds=holds)]) == code
    kept = json.loads(file.read_text())
    assert kept["machine"] == {"cores": 2}
    assert [one["holds"] for one in kept["rows"]] == [True, holds]
    assert ("NO" in capsys.readouterr().out) is not holds


def test_a_row_that_fails_does_not_hold_and_leaves_the_others() -> None:
    def fails() -> list[Row]:
        raise AssertionError("not all was written\nand a long log")

    found = report.measured({"bad": fails, "good": lambda: [row("good")]})
    assert [(one.name, one.holds) for one in found] == [("bad", False), ("good", True)]
    assert found[0].measured == "not all was written"


def test_rows_are_chosen_by_name_and_an_unknown_one_is_refused() -> None:
    known = {name: lambda: [row()] for name in ("a", "b", "c")}
    parser = argparse.ArgumentParser()
    assert list(report.chosen(parser, "c,a", known)) == ["c", "a"]
    assert list(report.chosen(parser, "", known)) == ["a", "b", "c"]
    with pytest.raises(SystemExit):
        report.chosen(parser, "a,nosuch", known)
