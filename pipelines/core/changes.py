"""What would happen to each service and why: pure, from what is wanted and what is live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.references import secrets_in
from stack.runtimes.process_table import read_table
from stack.runtimes.protocol import Action, Change, State
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.runtimes.protocol import Live
    from stack.service import Service, Stack

__all__ = ["changes", "is_healing"]


def is_healing(live: Live) -> bool:
    """Say whether the last activation was cut off, so that nobody knows what the services have loaded."""
    return live.release is not None and live.state is State.ACTIVATING


def changes(
    stack: Stack, tree: Tree, fingerprints: Mapping[str, str], live: Live, rotated: tuple[str, ...]
) -> tuple[Change, ...]:
    """Give one change per service, then of what the runtime runs beside them, and those that go away last."""
    services = sorted(stack.services.items())
    wanted = [_change(service, tree, fingerprints[name], live, rotated) for name, service in services]
    helpers = sorted(fingerprints.keys() - stack.services.keys())
    beside = [_helper_change(name, fingerprints[name], live) for name in helpers]
    gone = sorted(live.running.keys() - fingerprints.keys())
    removed = (Change(name, Action.REMOVE, "the environment has no such service") for name in gone)
    return (*wanted, *beside, *removed)


def _helper_change(name: str, fingerprint: str, live: Live) -> Change:
    if name not in live.running:
        return Change(name, Action.CREATE, "it does not run")
    if live.running[name] != fingerprint:
        return Change(name, Action.RECREATE, "another definition or code")
    return Change(name, Action.NOTHING, "")


def _change(service: Service, tree: Tree, fingerprint: str, live: Live, rotated: tuple[str, ...]) -> Change:
    if service.name not in live.running:
        return Change(service.name, Action.CREATE, "it does not run")
    if live.running[service.name] != fingerprint:
        return Change(service.name, Action.RECREATE, _why_another(service, tree, live))
    secrets = [name for name in rotated if name in service.secrets or _mentions(service.name, tree, name)]
    held = [name for name in secrets if service.holds(name, tree)]
    if held:
        return Change(
            service.name, Action.RECREATE, f"secret {', '.join(held)} was rotated, and it holds on to it"
        )
    reason = _why_again(service, tree, live, secrets)
    if not reason:
        return Change(service.name, Action.NOTHING, "")
    return Change(service.name, Action.RELOAD if service.reload else Action.RECREATE, reason)


def _why_another(service: Service, tree: Tree, live: Live) -> str:
    """Say what differs between a process that runs and the one that is wanted."""
    old, new = read_table(live.tree).get(service.name), read_table(tree)[service.name]
    if old is None:
        return "it runs, and the live release does not know it"
    words = [word for word in new.argv if word not in old.argv] or [w for w in old.argv if w not in new.argv]
    if words:
        return f"other flags: {' '.join(words)}"
    if old.env != new.env:
        return "other variables"
    return "another program version, code or start-up file"


def _why_again(service: Service, tree: Tree, live: Live, secrets: list[str]) -> str:
    """Say why a running process must read its configuration again; empty where it need not."""
    reads = read_table(tree)[service.name].reads
    differing = [path for path in _differing(service.name, tree, live.tree) if path not in reads]
    if differing:
        more = f" and {len(differing) - 1} more" if len(differing) > 1 else ""
        return f"{differing[0]} changed{more}"
    if secrets:
        return f"secret {', '.join(secrets)} was rotated"
    has_files = any(path.startswith(f"{service.name}/") for path in tree.files)
    return "the last deploy was cut off" if is_healing(live) and has_files else ""


def _differing(service: str, tree: Tree, old: Tree | None) -> Iterator[str]:
    before, after = (old or Tree({})).below(service).files, tree.below(service).files
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            yield path


def _mentions(service: str, tree: Tree, secret: str) -> bool:
    return secret in secrets_in(tree.below(service).files)
