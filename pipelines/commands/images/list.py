"""List the images that an environment runs from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.commands.images._wanted import OURS, wanted

if TYPE_CHECKING:
    from pipelines.commands.images._wanted import Wanted
    from pipelines.core.effects import Effects
    from stack.imaging.shelf import Held

__all__ = ["run"]


def run(effects: Effects) -> int:
    """Print a row per image; exit with 1 where the engine lacks one."""
    from stack.clients.docker import engine  # brings requests along
    from stack.imaging.shelf import held

    client = engine()
    environment, found = wanted(effects)
    rows = [(one, held(client, one.reference)) for one in found]
    effects.console.result([_document(one, there, environment.images) for one, there in rows])
    effects.console.table(
        ("IMAGE", "FROM", "THERE", "SIZE", "USER"),
        [_row(one, there, environment.images) for one, there in rows],
    )
    missing = [one for one, there in rows if there is None]
    effects.console.end(_said(missing, environment.images, environment.name), good=not missing)
    return 1 if missing else 0


def _document(one: Wanted, there: Held | None, choice: str) -> dict[str, object]:
    return {
        "name": one.name,
        "reference": one.reference,
        "from": _origin(one, choice),
        "there": there is not None,
        "id": there.identity if there else None,
        "size": there.size if there else None,
        "user": there.user if there else None,
    }


def _row(one: Wanted, there: Held | None, choice: str) -> tuple[str, ...]:
    named, at, digest = one.reference.partition("@")
    short = f"{named}{at}{digest[:19]}"  # as many digits of it as of a container's id
    if there is None:
        return short, _origin(one, choice), "no", "-", "-"
    return short, _origin(one, choice), "yes", f"{there.size / 1e6:.1f} MB", there.user or "root"


def _origin(one: Wanted, choice: str) -> str:
    return "built" if one.name in OURS else choice


def _said(missing: list[Wanted], choice: str, name: str) -> str:
    if not missing:
        return "every image is there"
    pulled = [one for one in missing if _origin(one, choice) == "official"]
    return (
        f"{len(missing)} image(s) missing; next: invoke images.{'pull' if pulled else 'build'} --env {name}"
    )
