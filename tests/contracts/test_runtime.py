"""What every runtime promises: the one in memory, and the native one with real processes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from stack.errors import ActivationFailed, NothingKept, PortTaken, Refused, SecretUnreadable
from stack.runtimes.protocol import Action, Change, Live, State
from tests.contracts.tiny import deploy, planned
from tests.lab import until

if TYPE_CHECKING:
    from tests.contracts.bench import Bench


def test_before_the_first_deploy_there_is_nothing(bench: Bench) -> None:
    release, runtime = bench.release(), bench.runtime

    assert runtime.live() == Live()
    assert runtime.releases() == ()
    assert bench.states(release) == [("stopped", False)] * 2
    assert runtime.memory() == {}
    with pytest.raises(NothingKept, match="nothing was deployed here yet"):
        runtime.start(release.stack)
    with pytest.raises(NothingKept, match="release 'nope' is not kept; kept are: none"):
        runtime.kept("nope")
    with pytest.raises(NothingKept, match="there is no log of 'alpha'; there are: none"):
        list(runtime.logs("alpha"))
    with pytest.raises(Refused, match="'alpha' does not run here; running: nothing"):
        runtime.restart("alpha")
    runtime.stop()
    runtime.destroy(keep_data=False)


def test_an_activated_release_is_live_ready_and_kept(bench: Bench) -> None:
    release, runtime = bench.release(), bench.runtime
    made = deploy(runtime, release)

    live = runtime.live()
    assert [change.action for change in made] == [Action.CREATE, Action.CREATE]
    assert (live.release, live.state, live.tree) == (release.id, State.ACTIVE, release.tree)
    assert live.activated_at > 0
    assert live.running == runtime.fingerprints(release.stack, release.tree)
    assert until(lambda: bench.states(release) == [("running", True)] * 2)
    assert [status.port for status in runtime.status(release.stack)] == list(bench.ports.values())
    assert {name: size > 0 for name, size in runtime.memory().items()} == {"alpha": True, "beta": True}
    assert runtime.door(release.stack, "alpha").base == f"http://127.0.0.1:{bench.ports['alpha']}"
    assert runtime.kept(release.id) == release.tree
    assert list(runtime.logs("alpha")) == ["alpha listens"]
    assert {change.action for change in planned(runtime, release)} == {Action.NOTHING}


def test_only_the_live_release_can_be_proved(bench: Bench) -> None:
    release, runtime = bench.release(), bench.runtime
    deploy(runtime, release)

    runtime.prove("another")
    assert runtime.live().state is State.ACTIVE
    runtime.prove(release.id)
    assert runtime.live().state is State.PROVED
    assert [(name, proved) for name, _, proved in runtime.releases()] == [(release.id, True)]


def test_a_changed_file_is_reloaded_a_changed_process_is_another_and_what_is_gone_stops(bench: Bench) -> None:
    first, runtime = bench.release(), bench.runtime
    deploy(runtime, first)
    runtime.prove(first.id)
    before = bench.pids(first)

    second = bench.release({"alpha": "two", "beta": "one"})
    assert [c.action for c in deploy(runtime, second)] == [Action.RELOAD, Action.NOTHING]
    assert bench.pids(second) == before
    assert runtime.live().state is State.ACTIVE

    third = bench.release({"alpha": "two", "beta": "one"}, flags={"beta": "--other"})
    assert [c.action for c in deploy(runtime, third)] == [Action.NOTHING, Action.RECREATE]
    assert bench.pids(third)["alpha"] == before["alpha"]
    assert bench.pids(third)["beta"] not in {before["beta"], None}

    fourth = bench.release({"alpha": "two"})
    assert [c.action for c in deploy(runtime, fourth)] == [Action.NOTHING, Action.REMOVE]
    assert runtime.live().running.keys() & bench.ports.keys() == {"alpha"}
    assert [name for name, _, _ in runtime.releases()] == [r.id for r in (fourth, third, second, first)]
    assert [proved for _, _, proved in runtime.releases()] == [False, False, False, True]


def test_a_refused_configuration_leaves_an_activation_that_has_not_ended(bench: Bench) -> None:
    runtime = bench.runtime
    deploy(runtime, bench.release())
    bad = bench.release({"alpha": "refuse", "beta": "one"})

    with pytest.raises(ActivationFailed, match="alpha refused its configuration: 500") as caught:
        deploy(runtime, bad)
    assert caught.value.fields["release"] == bad.id
    assert (runtime.live().release, runtime.live().state) == (bad.id, State.ACTIVATING)
    assert runtime.kept(bad.id) == bad.tree


def test_a_port_of_somebody_else_is_refused_before_anything_is_changed(bench: Bench) -> None:
    release, runtime = bench.release(), bench.runtime
    with bench.another_on(bench.ports["beta"]):
        with pytest.raises(PortTaken, match=f"port {bench.ports['beta']}, which beta needs, is taken by"):
            deploy(runtime, release)
        assert runtime.live() == Live()
        assert runtime.releases() == ()
        assert bench.states(release) == [("stopped", False), ("foreign", False)]
    deploy(runtime, release)


def test_a_secret_that_cannot_be_had_is_refused_before_anything_is_changed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TINY", raising=False)
    release, runtime = bench.release(secrets={"tiny_word": "env:TINY"}), bench.runtime

    with pytest.raises(SecretUnreadable, match="secret tiny_word: the variable TINY is not set"):
        deploy(runtime, release)
    assert runtime.live() == Live()
    monkeypatch.setenv("TINY", "made up")
    deploy(runtime, release)
    assert runtime.rotated({"tiny_word": "env:TINY"}) == ()
    monkeypatch.setenv("TINY", "made up anew")
    assert runtime.rotated({"tiny_word": "env:TINY"}) == ("tiny_word",)


def test_a_rotated_secret_counts_as_rotated_until_its_readers_were_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = {"tiny_word": "env:TINY"}
    monkeypatch.setenv("TINY", "made up")
    release, runtime = bench.release(secrets=references), bench.runtime
    deploy(runtime, release)
    monkeypatch.setenv("TINY", "made up anew")

    runtime.activate(release, ())
    assert (runtime.folder / "secrets" / "tiny_word").read_text() == "made up anew"
    assert runtime.rotated(references) == ("tiny_word",)
    runtime.activate(release, (Change("alpha", Action.RELOAD, ""), Change("beta", Action.NOTHING, "")))
    assert runtime.rotated(references) == ("tiny_word",)
    assert {change.action for change in deploy(runtime, release)} == {Action.RELOAD}
    assert runtime.rotated(references) == ()
    assert {change.action for change in planned(runtime, release)} == {Action.NOTHING}


def test_what_was_stopped_starts_again_and_one_service_restarts_alone(bench: Bench) -> None:
    release, runtime = bench.release(), bench.runtime
    deploy(runtime, release)
    before = bench.pids(release)
    runtime.start(release.stack)
    assert bench.pids(release) == before

    runtime.stop()
    assert bench.states(release) == [("stopped", False)] * 2
    assert replace(runtime.live(), activated_at=0.0) == Live(release.id, State.ACTIVE, 0.0, {}, release.tree)
    with bench.another_on(bench.ports["alpha"]), pytest.raises(PortTaken):
        runtime.start(release.stack)
    runtime.start(release.stack)
    again = bench.pids(release)
    runtime.restart("beta")
    assert bench.pids(release)["alpha"] == again["alpha"]
    assert bench.pids(release)["beta"] not in {again["beta"], None}
    with pytest.raises(Refused, match="'gamma' does not run here; running: alpha, beta"):
        runtime.restart("gamma")


@pytest.mark.parametrize("keep_data", [True, False])
def test_what_is_destroyed_is_gone_but_for_the_data_that_was_asked_for(bench: Bench, keep_data: bool) -> None:
    release, runtime = bench.release(), bench.runtime
    deploy(runtime, release)
    word = (runtime.folder / "secrets" / "tiny_word").read_text()
    runtime.destroy(keep_data=keep_data)

    assert runtime.live() == Live()
    assert runtime.releases() == ()
    assert bench.states(release) == [("stopped", False)] * 2
    deploy(runtime, release)
    assert ((runtime.folder / "secrets" / "tiny_word").read_text() == word) is keep_data
