from __future__ import annotations

import re
import resource
from typing import TYPE_CHECKING

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stack import download as module
from stack.download import download, fetch_text, reason
from stack.errors import HttpFailed
from tests.doubles.release_server import Fault, ReleaseServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATA = bytes(range(256)) * 4000
FILE = "/project/file.tar.gz"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReleaseServer]:
    monkeypatch.setattr(module, "PAUSE", 0)
    monkeypatch.setattr(module, "CHUNK", 1000)
    with ReleaseServer() as running:
        running.files[FILE] = DATA
        yield running


def ignore(done: int, total: int | None) -> None:
    del done, total


def test_a_file_comes_whole_through_a_redirect_to_another_host_and_tells_how_far_it_is(
    server: ReleaseServer, tmp_path: Path
) -> None:
    told: list[tuple[int, int | None]] = []
    download(server.url + FILE, tmp_path / "new/file", lambda done, total: told.append((done, total)))
    assert (tmp_path / "new/file").read_bytes() == DATA
    assert told[-1] == (len(DATA), len(DATA))
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["file"]


@given(data=st.binary(min_size=1, max_size=2000), cuts=st.lists(st.integers(1, 2000), max_size=6))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wherever_the_connection_is_cut_the_file_is_the_same(
    server: ReleaseServer, tmp_path: Path, data: bytes, cuts: list[int]
) -> None:
    module.CHUNK = 1
    server.files["/any"], server.faults["/any"] = data, Fault(cuts=list(cuts))
    download(server.url + "/any", tmp_path / "any", ignore)
    assert (tmp_path / "any").read_bytes() == data


def test_after_a_cut_only_the_rest_is_asked_for(server: ReleaseServer, tmp_path: Path) -> None:
    server.faults[FILE] = Fault(cuts=[300_000, 500_000])
    download(server.url + FILE, tmp_path / "file", ignore)
    assert (tmp_path / "file").read_bytes() == DATA
    assert server.asked(FILE) == ["", "bytes=300000-", "bytes=800000-"]


def test_as_long_as_each_request_brings_something_new_a_download_goes_on(
    server: ReleaseServer, tmp_path: Path
) -> None:
    server.faults[FILE] = Fault(cuts=[100_000] * 9)
    download(server.url + FILE, tmp_path / "file", ignore)
    assert (tmp_path / "file").read_bytes() == DATA


def test_a_stalled_server_is_given_up_in_one_line_and_the_next_run_goes_on(
    server: ReleaseServer, tmp_path: Path
) -> None:
    server.faults[FILE] = Fault(silent_after=300_000)
    with pytest.raises(HttpFailed, match=r"GET http://\S+: no byte for 0 s; the next run goes on from there"):
        download(server.url + FILE, tmp_path / "file", ignore, stall=0.3)
    server.faults[FILE] = Fault()
    have = (tmp_path / "file.part").stat().st_size
    download(server.url + FILE, tmp_path / "file", ignore)
    assert (tmp_path / "file").read_bytes() == DATA
    assert server.asked(FILE)[-1] == f"bytes={have}-"
    assert have > 0


def test_a_file_that_changed_since_the_cut_is_fetched_anew(server: ReleaseServer, tmp_path: Path) -> None:
    server.faults[FILE] = Fault(cuts=[300_000, 0, 0, 0])
    with pytest.raises(HttpFailed, match="cut, 3 times in a row at byte 300000; the next run goes on"):
        download(server.url + FILE, tmp_path / "file", ignore)
    server.files[FILE] = DATA[::-1]
    download(server.url + FILE, tmp_path / "file", ignore)
    assert (tmp_path / "file").read_bytes() == DATA[::-1]


@pytest.mark.parametrize("fault", [Fault(ranges=False), Fault(misplaced=True)])
def test_a_server_that_does_not_honour_the_range_is_read_from_the_start(
    server: ReleaseServer, tmp_path: Path, fault: Fault
) -> None:
    fault.cuts = [300_000]
    server.faults[FILE] = fault
    download(server.url + FILE, tmp_path / "file", ignore)
    assert (tmp_path / "file").read_bytes() == DATA


def test_a_part_that_is_longer_than_the_file_is_thrown_away(server: ReleaseServer, tmp_path: Path) -> None:
    server.faults[FILE] = Fault(cuts=[300_000, 0, 0, 0])
    with pytest.raises(HttpFailed):
        download(server.url + FILE, tmp_path / "file", ignore)
    with (tmp_path / "file.part").open("ab") as part:
        part.write(DATA)
    download(server.url + FILE, tmp_path / "file", ignore)
    assert (tmp_path / "file").read_bytes() == DATA


def test_a_page_that_is_not_there_is_one_line_with_its_address(server: ReleaseServer, tmp_path: Path) -> None:
    with pytest.raises(HttpFailed, match=re.escape(f"GET {server.url}/none: 404 Not Found")) as raised:
        download(server.url + "/none", tmp_path / "file", ignore)
    assert raised.value.status == 404
    with pytest.raises(HttpFailed, match="404"):
        fetch_text(server.url + "/none")


def test_where_nobody_listens_there_is_one_line(tmp_path: Path) -> None:
    with ReleaseServer() as gone:
        url = gone.url
    with pytest.raises(HttpFailed, match="no connection"):
        fetch_text(url)
    with pytest.raises(HttpFailed, match="no connection"):
        download(url, tmp_path / "file", ignore)


def test_a_disk_that_takes_no_more_ends_the_download_and_leaves_no_file(
    server: ReleaseServer, tmp_path: Path
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            download(server.url + FILE, tmp_path / "file", ignore)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (requests.exceptions.SSLError(), "its certificate is not trusted here"),
        (requests.exceptions.ProxyError(), "the proxy does not answer"),
        (requests.ConnectTimeout(), "no answer in time"),
        (requests.exceptions.InvalidURL("no such scheme"), "no such scheme"),
    ],
)
def test_why_there_is_no_answer_is_said_in_a_few_words(error: requests.RequestException, said: str) -> None:
    assert reason(error) == said
