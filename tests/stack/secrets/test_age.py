"""`age:NAME`: an entry of the environment's own file, asked for at a deploy and never before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.assemble import assemble
from stack.errors import SecretUnreadable
from stack.layers import vault
from stack.load import load
from stack.references import needed_secrets
from stack.secrets import materialise, rotated, values
from stack.secrets.age import new_key, recipients, sealed
from stack.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

TREE = Tree({"alertmanager/alertmanager.yml": b"../../secrets/pager"})


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out a site whose own `prod` has an age file, and be somebody who can read it."""
    private, public = new_key()
    folder = tmp_path / "site" / "stack" / "environments"
    folder.mkdir(parents=True)
    (folder / "lab.yaml").write_text("extends: local\nsecrets: {pager: 'age:pager_key'}\n")
    (folder / "lab.recipients").write_text(f"{public}\n")
    monkeypatch.setenv("MONITORING_AGE_KEY", private)
    write(folder / "lab.age", "pager_key: made-up-value\n")
    return tmp_path / "site"


def write(path: Path, text: str) -> None:
    path.write_bytes(sealed(text, recipients(path)))


def references(site: Path) -> dict[str, str]:
    stack = assemble(load("lab", sites=(site,)).environment, root=site, sites=(site,))
    return {name: ref for name, ref in needed_secrets(stack, TREE).items() if name == "pager"}


def test_the_file_beside_the_environments_own_is_read(site: Path, tmp_path: Path) -> None:
    path = site / "stack" / "environments" / "lab.age"

    assert vault("lab", (site,)) == path
    assert references(site) == {"pager": f"age:pager_key:{path}"}
    materialise(references(site), tmp_path / "s")
    assert values(tmp_path / "s") == {"pager": "made-up-value"}
    write(path, "pager_key: another")
    assert rotated(references(site), tmp_path / "s") == ("pager",)


def test_a_plan_needs_no_key_and_a_deploy_says_so_in_one_line(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITORING_AGE_KEY_FILE", "/nowhere/age.key")
    monkeypatch.delenv("MONITORING_AGE_KEY")

    assert rotated(references(site), tmp_path / "s") == ()
    with pytest.raises(SecretUnreadable) as caught:
        materialise({"fine": "generated", **references(site)}, tmp_path / "s")
    said = "secret pager: there is no age key: /nowhere/age.key: No such file or directory; "
    assert str(caught.value) == f"{said}name yours in MONITORING_AGE_KEY_FILE"
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("other: made-up-value", r"lab\.age has no text under 'pager_key'; add it with"),
        ("pager_key: [made-up-value]", r"lab\.age has no text under 'pager_key'"),
        ("- made-up-value", r"lab\.age has no text under 'pager_key'"),
        ("pager_key: [made-up-value", r"lab\.age holds no YAML; mend it with"),
        ("pager_key: '  '", "gives an empty value"),
        (None, r"there is no \S*lab\.age; make it with"),
    ],
)
def test_what_it_lacks_is_told_and_what_it_holds_is_not(
    site: Path, tmp_path: Path, text: str | None, said: str
) -> None:
    path = site / "stack" / "environments" / "lab.age"
    write(path, text) if text else path.unlink()
    with pytest.raises(SecretUnreadable, match=said) as caught:
        materialise(references(site), tmp_path / "s")

    assert "made-up" not in str(caught.value)
    assert caught.value.__cause__ is None or "made-up" not in str(caught.value.__cause__)
