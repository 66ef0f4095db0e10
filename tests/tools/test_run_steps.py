"""What tests/run counts: no failure may be lost on the way to its last line."""

from __future__ import annotations

import base64
import itertools
import json
import sys
from pathlib import Path

import pytest

from tests import run_steps, step_counts
from tests.fuzz import run as fuzz
from tests.fuzz.make_seeds import seeds
from tests.step_counts import Count, Report

JUNIT = """<testsuites><testsuite>
  <testcase name="a" status="run"/>
  <testcase name="b" status="run"><failure message="no"/></testcase>
  <testcase name="c"><error message="exited with error code 1"/></testcase>
  <testcase name="d" status="run"><skipped message="no corpus"/></testcase>
  <testcase name="e" status="notrun"/>
</testsuite></testsuites>"""
CLEAN = '<testsuite><testcase name="a" status="run"/></testsuite>'


def write_events(folder: Path, status: str, junit: str) -> Path:
    (folder / "test 1.xml").write_text(junit)
    output = {"name": "test.xml", "uri": f"file://{folder}/test%201.xml"}
    events = [{"started": {}}, {"testResult": {"status": status, "testActionOutput": [output]}}]
    path = folder / "events.json"
    path.write_text("\n".join(map(json.dumps, events)))
    return path


def test_cases_are_counted_by_outcome(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(JUNIT)
    assert step_counts.count_junit(path) == Count(passed=1, failed=2, skipped=2)


def test_the_report_names_what_failed(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(JUNIT)
    report = Report()
    report.step("a step", step_counts.count_junit(path), 1, 0.0)
    assert report.failures[0] == "a step: 1 passed, 2 failed, 2 skipped"
    assert report.failures[2] == "a step: None.c: exited with error code 1"


@pytest.mark.parametrize("junit", [None, "", "<testsuite><testcase"])
def test_a_missing_or_torn_file_counts_nothing(tmp_path: Path, junit: str | None) -> None:
    path = tmp_path / "junit.xml"
    if junit is not None:
        path.write_text(junit)
    assert step_counts.count_junit(path) == Count()


def test_the_sum_of_files_has_a_failure_for_one_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(JUNIT)
    monkeypatch.setattr("sys.argv", ["step_counts", str(path), str(path), f"{path}.not"])
    step_counts.main()
    assert capsys.readouterr().out == "2 passed, 5 failed, 4 skipped\n"
    assert Count.of("2 passed, 5 failed, 4 skipped") == Count(2, 5, 4)
    assert Count.of("ended after 1500 s") == Count()


@pytest.mark.parametrize(
    ("status", "junit", "count"),
    [
        ("PASSED", CLEAN, Count(passed=1)),
        ("PASSED", JUNIT, Count(passed=1, failed=2, skipped=2)),
        ("FAILED", CLEAN, Count(passed=1, failed=1)),  # it crashed after its last case
        ("TIMEOUT", "", Count(failed=1)),
    ],
)
def test_a_bazel_test_that_did_not_pass_has_a_failure(
    tmp_path: Path, status: str, junit: str, count: Count
) -> None:
    assert step_counts.count_bazel(write_events(tmp_path, status, junit)) == count


def test_lines_are_counted_by_their_first_word() -> None:
    lines = ["ok one", "ok two", "failed three", "  ok of the output", "skipped four (why)", "ok"]
    assert step_counts.count_words(lines) == Count(passed=2, failed=1, skipped=1)


def fuzz_with(program: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[str]:
    """What is told of one target that is this shell script; $1 is where it keeps finds."""
    target = folder / "framer"
    target.write_text(
        '#!/bin/sh\nfor o; do case $o in -artifact_prefix=*) set -- "${o#*=}"; esac; done\n'
        + program
    )
    target.chmod(0o755)
    monkeypatch.setattr(fuzz, "PROGRAMS", folder)
    monkeypatch.setattr(fuzz, "ROOT", folder)
    monkeypatch.setattr(fuzz, "FINDS", folder / "finds")
    return fuzz.run_target("framer", 1, folder).lines


def test_a_target_that_ran_through_is_ok(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = fuzz_with("echo stat::number_of_executed_units: 7", monkeypatch, tmp_path)
    assert step_counts.count_words(lines) == Count(passed=1)


@pytest.mark.parametrize("program", ["exit 0", "exit 77", "echo boom; kill -9 $$", "exec sleep 9"])
def test_a_target_that_did_not_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str
) -> None:
    monkeypatch.setattr(fuzz, "SPARE_SECONDS", -0.5)
    lines = fuzz_with(program, monkeypatch, tmp_path)
    assert step_counts.count_words(lines) == Count(failed=1)


def test_the_input_that_a_target_fails_on_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = 'printf bytes >"$1crash-1"; echo "; Test unit written to $1crash-1"; exit 77'
    lines = fuzz_with(program, monkeypatch, tmp_path)
    assert f"fails on {tmp_path}/finds/framer-crash-1" in lines
    assert any(line.endswith(base64.b64encode(b"bytes").decode()) for line in lines)


def test_every_target_has_small_seeds_and_the_same_each_time() -> None:
    made = seeds()
    assert sorted(made) == sorted(fuzz.TARGETS)
    assert made == seeds()
    assert all(0 < len(data) < 5_000 for inputs in made.values() for data in inputs)


def test_a_step_that_ends_badly_is_a_failure() -> None:
    report = Report()
    report.step("good", Count(passed=2), 0, 0.0)
    report.step("did not build", Count(), 1, 0.0)
    report.step("counted", Count(passed=1, failed=3), 1, 0.0)
    report.skip("offline", "not permitted")
    assert report.total == Count(passed=3, failed=4, skipped=1)
    assert [line.partition(":")[0] for line in report.failures] == ["did not build", "counted"]


def test_a_step_past_its_limit_is_ended_with_all_its_children(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_steps, "STEP_SECONDS", 1)
    status, lines = run_steps.run(["sh", "-c", "echo begun; sleep 60 & sleep 60"])
    assert status != 0
    assert lines == ["begun"]


def test_a_commands_output_and_status_are_given() -> None:
    status, lines = run_steps.run([sys.executable, "-c", "print('x'); raise SystemExit(3)"])
    assert (status, lines) == (3, ["x"])


def test_what_is_left_out_or_chosen_is_there() -> None:
    """pytest does not mind a name to ignore that no file has."""
    lists = [getattr(run_steps, name) for name in dir(run_steps) if name.startswith("OF_")]
    for option in run_steps.only([*run_steps.ONE_FORM, *itertools.chain(*lists)]):
        assert (run_steps.ROOT / option).is_file()
