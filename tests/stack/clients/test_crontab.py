"""Lines of ours come into a crontab and go again, and every other byte of it stays."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.clients.crontab import (
    block,
    entry,
    is_here,
    read,
    refuse_odd_time,
    with_block,
    without_block,
    write,
)
from stack.clients.job import Job
from stack.errors import CommandFailed, Refused
from tests.doubles.cron import install
from tests.doubles.programs import put

if TYPE_CHECKING:
    from pathlib import Path

MARK, OTHER = "monitoring prod", "monitoring prod2"
PIECES = [
    b"# begin monitoring prod\n",
    b"# end monitoring prod\n",
    b"# begin monitoring prod",
    b"# begin monitoring prod2\n",
    b"# end monitoring prod2\n",
    b"\r\n",
    b"\r",
    b"\n",
    b"\x0c",
    b"\xff",
    b"17 2 * * * a job",
    b"MAILTO=me\n",
]
crontabs = st.one_of(st.binary(), st.lists(st.sampled_from(PIECES)).map(b"".join))
jobs = st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])), max_size=3)


def stranger(text: bytes) -> bool:
    """Say whether a crontab has no lines of ours."""
    return without_block(text, MARK) == text


@given(crontabs.filter(stranger), jobs, jobs)
def test_what_was_there_is_there_again_byte_for_byte(
    text: bytes, lines: list[str], others: list[str]
) -> None:
    installed = with_block(text, MARK, lines)

    assert without_block(installed, MARK) == text
    assert installed.endswith(text)
    assert with_block(installed, MARK, lines) == installed
    assert without_block(with_block(installed, MARK, others), MARK) == text


@given(crontabs.filter(stranger), crontabs.filter(stranger), jobs, jobs)
def test_lines_that_were_moved_stay_where_they_are(
    above: bytes, below: bytes, lines: list[str], others: list[str]
) -> None:
    ours, new = with_block(b"", MARK, lines), with_block(b"", MARK, others)
    whole = above + b"\n" + ours + below

    if b"# begin monitoring prod\n" not in above:
        assert with_block(whole, MARK, others) == above + b"\n" + new + below


@given(crontabs.filter(stranger), jobs)
def test_the_lines_of_another_environment_are_none_of_ours(text: bytes, lines: list[str]) -> None:
    both = with_block(with_block(text, OTHER, ["theirs"]), MARK, lines)

    assert block(both, OTHER) == ("theirs",)
    assert block(without_block(both, MARK), OTHER) == ("theirs",)


@given(jobs)
def test_our_lines_can_be_read_again(lines: list[str]) -> None:
    wanted = [line for line in lines if line != f"# end {MARK}"]

    assert block(with_block(b"MAILTO=me\n", MARK, wanted), MARK) == tuple(wanted)
    assert block(b"MAILTO=me\n", MARK) == ()


@pytest.mark.parametrize(
    "text",
    [
        b"# begin monitoring prod\n1 2 3 4 5 precious\n",
        b"1 2 3 4 5 precious\n# end monitoring prod\n",
        b"a\r# begin monitoring prod\n1 2 3 4 5 precious\n# end monitoring prod\n",
    ],
)
def test_what_only_looks_like_lines_of_ours_is_left_alone(text: bytes) -> None:
    assert without_block(text, MARK) == text
    assert without_block(with_block(text, MARK, ["a"]), MARK) == text


def job(*words: str, at: str = "17 2 * * *", **variables: str) -> Job:
    return Job("backup-monitoring-prod", "Backup", at, words, variables)


def test_a_job_is_a_line_that_cron_and_the_shell_read_as_meant() -> None:
    line = entry(job("/a b/run", "invoke", "backup", "--set", "x=100 %", MONITORING_VAR="/it's"))

    assert line == r"""17 2 * * * MONITORING_VAR='/it'"'"'s' '/a b/run' invoke backup --set 'x=100 \%'"""
    assert "\n" not in line


@pytest.mark.parametrize(
    "word", ["a b", "100%", "$HOME", "it's", 'say "x"', "back\\slash", "*", "; rm x", "`x`"]
)
def test_the_shell_gives_a_program_just_the_words_that_were_meant(word: str) -> None:
    line = entry(job("/usr/bin/printf", "%s", word, at="1 2 3 4 5")).removeprefix("1 2 3 4 5 ")
    said = subprocess.run(["/bin/sh", "-c", line.replace("\\%", "%")], capture_output=True, check=True)

    assert said.stdout.decode() == word


def test_a_line_break_is_refused_since_cron_has_no_way_for_it() -> None:
    with pytest.raises(Refused, match="no path with a line break"):
        entry(job("/a\nb/run"))


@pytest.mark.parametrize("at", ["17 2 * * *", "*/15 0-6,22 1 1-12/2 0,7", "0 0 * * 7"])
def test_five_fields_are_moments(at: str) -> None:
    refuse_odd_time(at)


@pytest.mark.parametrize(
    "at",
    [
        "",
        "17 2 * *",
        "17 2 * * * *",
        "60 2 * * *",
        "17 24 * * *",
        "17 2 0 * *",
        "17 2 * 13 *",
        "17 2 * * 8",
        "17 6-2 * * *",
        "*/0 2 * * *",
        "17\t2 * * *",
        "17 2 * * *\n* * * * * x",
        "@daily",
        "*-*-* 02:17:00",
        "1, 2 * * *",
    ],
)
def test_what_are_no_five_fields_is_refused(at: str) -> None:
    with pytest.raises(Refused, match=r"no five fields of cron|is no \w+ of cron"):
        refuse_odd_time(at)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the file of a crontab on a machine that has cron."""
    folder, file = install(tmp_path)
    monkeypatch.setenv("PATH", str(folder))
    return file


@pytest.mark.parametrize("text", [b"1 2 3 4 5 a\r\n", b"\xff\xfe\n", b"a\rb\n\n", "ü\n".encode()])
def test_a_crontab_is_read_and_written_byte_for_byte(text: bytes, kept: Path) -> None:
    write(text)

    assert kept.read_bytes() == text
    assert read() == text


def test_no_crontab_is_an_empty_one_and_an_empty_one_is_none(kept: Path) -> None:
    assert read() == b""
    write(b"a\n")
    write(b"")

    assert not kept.exists()


def test_who_may_not_read_his_crontab_is_told(kept: Path, tmp_path: Path) -> None:
    put(tmp_path / "cron-bin", "crontab", b"#!/bin/sh\necho 'You are not allowed' >&2\nexit 1\n")
    with pytest.raises(CommandFailed, match="crontab ended with 1: You are not allowed"):
        read()
    with pytest.raises(CommandFailed, match="You are not allowed"):
        write(b"a\n")


def test_cron_is_there_where_its_program_is(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_here()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not is_here()
