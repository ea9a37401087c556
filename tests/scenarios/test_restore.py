"""A restore on the real programs: what was there is there again, to the last digit, or all is as before."""

from __future__ import annotations

import shutil
import signal
import time
from typing import TYPE_CHECKING

import psutil
import pytest
import requests

from pipelines.core.throwaway import PREFIX
from tests import lab as labs
from tests.lab import until
from tests.scenarios.sabotage import killed, sabotaged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab import Lab

pytestmark = pytest.mark.integration

QUERY = "sum by (job) (sum_over_time(scrape_duration_seconds[5m]))"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with labs.lab(tmp_path_factory.mktemp("restore")) as made:
        made.invoke("deploy").ok()
        yield made


def answers(lab: Lab, at: float) -> list[tuple[str, str]]:
    """Give what Prometheus says of a moment, to the last digit."""
    address = f"http://127.0.0.1:{lab.ports['prometheus']}/api/v1/query"
    found = requests.get(address, params={"query": QUERY, "time": f"{at:.3f}"}, timeout=5).json()
    return sorted((sample["metric"]["job"], sample["value"][1]) for sample in found["data"]["result"])


def silences(lab: Lab) -> list[str]:
    return [one["comment"] for one in lab.document("silence.list")]


def wiped(lab: Lab) -> None:
    """Take Prometheus' samples away, as a lost disk does, and let it begin anew."""
    lab.invoke("stop").ok()
    shutil.rmtree(lab.root / "data" / "prometheus")
    (lab.root / "data" / "prometheus").mkdir()
    lab.invoke("start").ok()
    assert until(lambda: lab.query("up"))


def test_a_stack_that_was_lost_whole_is_there_again_with_the_same_answers(shared: Lab) -> None:
    shared.invoke("silence.create", "NodeDiskLow", "--duration", "1h", "--reason", "swapped").ok()
    at = time.time()
    assert until(lambda: time.time() > at + 4)
    said = shared.document("backup")
    before, release = answers(shared, at), shared.live()
    assert before
    shared.invoke("destroy", "--yes").ok()

    shared.invoke("restore").ok()

    assert shared.live() == release
    assert answers(shared, at) == before
    assert silences(shared) == ["swapped"]
    again = shared.document("restore", said["snapshot"][:8])
    assert {one["action"] for steps in again["steps"].values() for one in steps} == {"leave"}


def test_lost_samples_come_back_and_what_was_made_since_stays(shared: Lab) -> None:
    at = time.time()
    assert until(lambda: time.time() > at + 4)
    shared.invoke("backup").ok()
    before = answers(shared, at)
    wiped(shared)
    shared.invoke("silence.create", "NodeMemoryHigh", "--duration", "1h", "--reason", "since").ok()
    assert answers(shared, at) != before

    preview = shared.invoke("restore.preview")
    assert preview.code == 2
    assert answers(shared, at) != before
    said = shared.invoke("restore", "--only", "metrics").ok()

    assert "the way back: invoke restore " in said.out
    assert answers(shared, at) == before
    assert "since" in silences(shared)


def test_a_block_that_was_damaged_on_the_server_is_made_whole(shared: Lab) -> None:
    wiped(shared)
    shared.invoke("restore", "--only", "metrics").ok()
    block = next(path.parent for path in (shared.root / "data" / "prometheus").glob("*/meta.json"))
    chunks = block / "chunks" / "000001"
    whole = chunks.read_bytes()
    chunks.write_bytes(whole[:50] + b"damage" + whole[56:])

    refused = shared.invoke("restore", "--only", "metrics")
    assert refused.code == 1
    assert refused.last.startswith("what is live cannot be stored, so there would be no way back: ")
    said = shared.document("restore", "--only", "metrics", "--without-safety")

    assert [one["action"] for one in said["steps"]["metrics"] if one["name"] == block.name] == ["overwrite"]
    assert chunks.read_bytes() == whole


def test_finished_blocks_alone_are_kept_and_come_back_and_are_no_whole_backup(shared: Lab) -> None:
    whole = shared.document("backup")["snapshot"]
    wiped(shared)
    shared.invoke("restore", whole[:8], "--only", "metrics").ok()
    future = shared.invoke("backup.blocks", "--since", "2099-01-01T00:00:00Z")
    assert (future.code, "no finished block" in future.last) == (1, True)

    said = shared.document("backup.blocks")
    at = said["end"] - 0.001
    before = answers(shared, at)
    wiped(shared)
    shared.invoke("restore", said["snapshot"][:8], "--only", "metrics").ok()

    assert before
    assert answers(shared, at) == before
    kinds = {one["snapshot"]: one["kind"] for one in shared.document("backup.list")}
    assert (kinds[whole], kinds[said["snapshot"]]) == ("backup", "blocks")
    assert shared.document("backup.show")["snapshot"] == whole
    shared.invoke("restore.drill", said["snapshot"][:8]).ok()


def test_one_that_fails_half_way_puts_everything_back_as_it_was(shared: Lab) -> None:
    shared.invoke("silence.create", "NodeDiskLow", "--duration", "1h", "--reason", "half way").ok()
    shared.invoke("backup").ok()
    wiped(shared)
    (silence,) = [one for one in shared.document("silence.list") if one["comment"] == "half way"]
    shared.invoke("silence.expire", silence["id"]).ok()
    blocks = set((shared.root / "data" / "prometheus").glob("*/meta.json"))
    fail = """
def instead(*args, **kwargs):
    from stack.errors import HttpFailed
    raise HttpFailed(method="POST", url="/api/v2/silences", message="500 made up")
"""
    said = sabotaged(shared, "stack.clients.alertmanager.Alertmanager.create_silence", fail, "restore")

    assert said.code == 14, said.out
    assert "metrics      is as it was before" in said.out
    assert set((shared.root / "data" / "prometheus").glob("*/meta.json")) == blocks
    assert "half way" not in silences(shared)
    assert shared.query("up")
    shared.invoke("restore").ok()
    assert "half way" in silences(shared)


CUTS = {
    "before anything is fetched": "stack.clients.restic.Restic.restore",
    "before the way back is stored": "backups.repository.Repository.save",
    "while Prometheus stands still": "stack.runtimes.store.FolderStore.put",
    "before it runs again": "stack.runtimes.native.await_back",
    "before it is proved": "pipelines.stages.smoke._ask_all",
}


def test_whatever_kills_it_a_deploy_and_another_restore_heal(shared: Lab) -> None:
    at = time.time()
    assert until(lambda: time.time() > at + 4)
    name = shared.document("backup")["snapshot"]
    before = answers(shared, at)
    wiped(shared)
    for when, where in CUTS.items():
        assert killed(shared, where, "restore", name, "--only", "metrics") == -signal.SIGKILL, when
        shared.invoke("deploy").ok()

    shared.invoke("restore", name, "--only", "metrics").ok()
    assert answers(shared, at) == before
    assert not list((shared.root / "data" / "prometheus").glob(".*partial"))


def test_a_drill_brings_everything_back_elsewhere_and_leaves_nothing(shared: Lab) -> None:
    shared.invoke("backup").ok()
    mine = {process.pid for process in shared.processes()}

    said = shared.document("restore.drill")

    assert set(said["parts"]) == {"alerting", "metrics"}
    assert said["not_tried"] == said["by_hand"] == []
    assert 0 < said["recovery_seconds"] < 60
    assert not [one.pid for one in psutil.process_iter(["cmdline"]) if PREFIX in str(one.info["cmdline"])]
    assert {process.pid for process in shared.processes()} == mine
    assert not list((shared.var / "backups" / "local").glob(f"{PREFIX}*"))
    page = (shared.root / "textfile" / "restore.drill.prom").read_text()
    assert 'monitoring_backup_last_run_success{task="restore.drill"} 1.0' in page


def test_what_is_no_snapshot_or_no_part_of_one_is_one_line(shared: Lab) -> None:
    unknown = shared.invoke("restore", "nope")
    assert unknown.code == 10
    assert unknown.last.startswith("there is no snapshot 'nope'; kept are: ")
    assert shared.invoke("restore", "--only", "everything").last.startswith("--only takes config, metrics,")
    assert shared.invoke("restore", "--since", "yesterday").last.startswith("--since takes a time as ")


def test_a_drill_finds_a_snapshot_that_answers_otherwise_and_one_that_is_damaged(shared: Lab) -> None:
    other = """
def instead(*args, **kwargs):
    found = real(*args, **kwargs)
    found[-1]["values"] = {job: "1" for job in found[-1]["values"]}
    return found
"""
    sabotaged(shared, "backups.samples.asked", other, "backup").ok()
    said = shared.invoke("restore.drill")
    assert said.code == 1
    assert " does not come back: metrics: sum by (job) " in said.last

    packs = (shared.var / "backups" / "local" / "repository" / "data").rglob("*")
    for victim in (path for path in packs if path.is_file()):
        victim.chmod(0o600)
        whole = victim.read_bytes()
        victim.write_bytes(whole[:20] + bytes([whole[20] ^ 1]) + whole[21:])
    assert shared.invoke("restore.drill").code == 16
