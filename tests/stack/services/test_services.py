"""What holds for every service there is, the ones to come among them."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from stack.assemble import services
from stack.runtimes.process_table import process_table
from stack.service import is_watched
from tests.stack.services.lab import stack

if TYPE_CHECKING:
    from stack.service import Service

EVERY = services()
FOREIGN = [name for name, service in EVERY.items() if service.program]
OWN = [name for name, service in EVERY.items() if not service.program]
ALL = dict.fromkeys(EVERY, True)


@pytest.fixture(params=list(EVERY))
def service(request: pytest.FixtureRequest) -> Service:
    return EVERY[request.param]


def test_it_listens_on_loopback_alone_and_on_the_port_that_the_environment_gives(service: Service) -> None:
    made = stack(services=ALL, ports={service.name: 12_345})
    process = service.process(made)
    files = b"".join(service.files(made).values()).decode()

    said = [*process.argv, files]
    apart = {"--listen_ip=127.0.0.1", "--port=12345"} <= set(said)
    assert apart or any("127.0.0.1:12345" in word or "http_port = 12345" in word for word in said)
    assert not any(f":{service.port}" in word or "0.0.0.0" in word for word in said)


def test_what_it_keeps_lies_in_its_own_folder_and_nothing_names_a_machine(service: Service) -> None:
    process = service.process(stack(services=ALL))
    words = [*process.argv, *process.env.values()]

    kept = [word for word in words if "{root}/data/" in word]
    assert all(f"{{root}}/data/{service.name}" in word for word in kept)
    assert bool(kept) == service.data
    for word in words:
        value = word.rpartition("=")[2]
        is_address = value.startswith(("https://localhost:", "/docker/")) or value == "/"
        assert is_address or value.startswith(("{", "-", "$", "127.")) or "/" not in word, word


def test_what_it_reads_only_at_its_start_is_a_file_of_its_own(service: Service) -> None:
    made = stack(services=ALL)
    files = {f"{service.name}/{path}" for path in service.files(made)}

    assert files >= set(service.process(made).reads)


def test_its_files_are_read_from_the_link_so_that_a_reload_finds_the_next_release(service: Service) -> None:
    made = stack(services=ALL)
    reads_files = f"{{root}}/current/{service.name}/" in str(service.process(made))

    assert reads_files == bool(service.files(made)) == bool(service.reload)


@pytest.mark.parametrize("name", FOREIGN)
def test_a_program_has_a_floor_and_an_archive_with_a_digest_for_every_machine(name: str) -> None:
    program = EVERY[name].program
    assert program is not None
    assert program.release is not None
    assert Version(program.floor) > Version("0")
    assert program.executables[0] == EVERY[name].process(stack(services=ALL)).argv[0]

    values = {"version": "1.2.3", "arch": "arm64", "build": "4"}
    for address in (program.release.archive, program.release.digests):
        filled = address.format(**values)
        assert filled.startswith("https://")
        assert "1.2.3" in filled
    assert program.release.archive.format(**values).count("arm64") == 1


@pytest.mark.parametrize("name", FOREIGN)
def test_more_flags_come_last_so_that_they_win(name: str) -> None:
    usual = EVERY[name].process(stack(services=ALL))
    own = EVERY[name].process(stack(services=ALL, flags={name: ["--one", "--two=2"]}))

    assert own.argv == (*usual.argv, "--one", "--two=2")


@pytest.mark.parametrize("name", OWN)
def test_our_own_programs_are_there_to_be_run(name: str) -> None:
    word, dash_m, module, *flags = EVERY[name].process(stack(services=ALL)).argv

    assert (word, dash_m) == ("{python}", "-m")
    assert importlib.util.find_spec(f"{module}.__main__") is not None
    assert flags


def test_the_simulation_is_local_and_the_sink_only_where_nobody_must_be_told() -> None:
    assert "command_center" in stack("local").services
    assert "command_center" not in stack("prod").services
    assert "sink" in stack(notifications="sink").services
    assert "sink" not in stack(notifications="real").services


def test_a_retention_by_size_is_a_flag_only_where_there_is_one() -> None:
    prometheus = EVERY["prometheus"]

    assert not [w for w in prometheus.process(stack()).argv if "retention.size" in w]
    own = stack(retention="30d", retention_size="5GB")
    assert {"--storage.tsdb.retention.time=30d", "--storage.tsdb.retention.size=5GB"} < set(
        prometheus.process(own).argv
    )


def test_the_table_of_every_process_is_the_same_whatever_the_order() -> None:
    made = stack(services=ALL)
    turned = replace(made, services=dict(reversed(list(made.services.items()))))

    assert process_table(made) == process_table(turned)


def test_only_what_lies_in_a_watched_folder_is_watched() -> None:
    watching = replace(EVERY["prometheus"], watches=("targets",))

    assert is_watched("prometheus/targets/a.json", watching)
    assert not is_watched("prometheus/targets.json", watching)
    assert not is_watched("node/targets/a.json", watching)
    assert not is_watched("prometheus/targets/a.json", EVERY["prometheus"])
