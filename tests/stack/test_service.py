"""What a service is where its file says nothing."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from stack.assemble import services
from stack.environment import Environment
from stack.service import Process, Service, Stack, no_files

ENVIRONMENT = Environment.model_validate({"name": "lab"})
STACK = Stack(ENVIRONMENT, {}, {})
PLAIN = Service("redis", "keeps keys", 6379, process=lambda _: Process(("redis",)))


def test_a_plain_one_runs_everywhere_has_one_job_and_no_files() -> None:
    assert PLAIN.wanted(ENVIRONMENT)
    assert PLAIN.scrape(STACK) == ({},)
    assert PLAIN.files(STACK) == no_files(STACK) == {}
    assert (PLAIN.ready, PLAIN.health, PLAIN.reload) == ("/-/ready", "/-/healthy", ())
    assert (PLAIN.optional, PLAIN.data, PLAIN.program, dict(PLAIN.secrets)) == (False, False, None, {})


def test_a_process_has_only_what_it_names() -> None:
    process = PLAIN.process(STACK)

    assert (process.argv, dict(process.env), process.reads) == (("redis",), {}, ())


def test_a_definition_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        PLAIN.port = 1  # type: ignore[misc]


@pytest.mark.parametrize("service", services().values(), ids=services().keys())
def test_a_shipped_one_says_what_it_is_for_and_where_it_is_asked(service: Service) -> None:
    assert service.summary
    assert service.summary[0].islower()
    assert not service.summary.endswith(".")
    assert 1024 < service.port < 32_768  # no root needed, and not taken by an outgoing connection
    assert all(path.startswith("/") for path in (service.ready, service.health, *service.reload))
    # What runs everywhere must not ask a new machine for a secret of somebody else's.
    own = {"generated"} if service.wanted(ENVIRONMENT) else {"generated", "exec", "env"}
    assert {reference.partition(":")[0] for reference in service.secrets.values()} <= own


def test_a_further_port_has_a_name_of_its_own_and_can_be_given_another_number() -> None:
    mail = Service("post", "takes mails", 8000, process=PLAIN.process, doors={"smtp": 8025, "pop": 8110})
    environment = Environment.model_validate({"name": "lab", "ports": {"post_smtp": 25, "redis": 1}})
    stack = Stack(environment, {}, {"post": mail, "redis": PLAIN})

    assert mail.ports == {"post": 8000, "post_smtp": 8025, "post_pop": 8110}
    assert [stack.port(name) for name in (*mail.ports, "redis")] == [8000, 25, 8110, 1]
    assert stack.address("post_smtp") == "127.0.0.1:25"
