"""`run` on a machine without anything: it makes its environment once, and gets out of the way."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHELLS = [shell for shell in ("/bin/sh", "dash", "bash") if shutil.which(shell)]

PYTHON = """\
#!/bin/sh
# Stands in for a Python: answers what `run` asks of one, and notes it.
echo "{name} $*" >> "$NOTES"
case "$1" in
    -c) exit {old} ;;
    --version) echo "Python 3.99 ({name})" ;;
    -m)
        [ "$2" = venv ] || exit 64
        {venv}
        mkdir -p "$3/bin"
        cp "$STUBS/pip" "$3/bin/python" ;;
esac
"""
PIP = """\
#!/bin/sh
# Stands in for the Python of the new environment, which is only asked to install.
echo "pip $*" >> "$NOTES"
[ ! -e "$STUBS/broken" ] || { echo "no matching distribution" >&2; exit 1; }
printf '#!/bin/sh\\necho "tool in $VIRTUAL_ENV: $*"\\nexit "${CODE:-0}"\\n' > .venv/bin/tool
chmod +x .venv/bin/tool
"""


@dataclass
class Clone:
    """A fresh clone on a machine whose only Python is a stand-in."""

    folder: Path
    stubs: Path

    def python(self, name: str = "python3", *, old: bool = False, no_venv: bool = False) -> None:
        """Put a Python on the machine."""
        self.stub(
            name, PYTHON.format(name=name, old=int(old), venv="echo no ensurepip; exit 1" if no_venv else "")
        )

    def stub(self, name: str, text: str) -> None:
        """Put a program on the machine."""
        (self.stubs / name).write_text(text)
        (self.stubs / name).chmod(0o755)

    def run(
        self, *words: str, shell: str = "/bin/sh", cwd: Path | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Execute `run`."""
        tools = {"NOTES": str(self.stubs / "notes"), "STUBS": str(self.stubs)}
        return subprocess.run(
            [shell, str(self.folder / "run"), *words],
            cwd=cwd or self.folder,
            env={"PATH": f"{self.stubs}:{self.stubs / 'tools'}", **tools, **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def notes(self) -> list[str]:
        """Give what the stand-ins were asked, and forget it."""
        path = self.stubs / "notes"
        found = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return found


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    folder, stubs = tmp_path / "a clone", tmp_path / "stubs"
    (stubs / "tools").mkdir(parents=True)
    folder.mkdir()
    for name in ("run", "requirements.lock"):
        shutil.copy(ROOT / name, folder / name)
    for tool in ("sh", "dash", "bash", "dirname", "cmp", "cp", "rm", "mkdir", "chmod", "cat"):
        if found := shutil.which(tool):
            (stubs / "tools" / tool).symlink_to(found)
    made = Clone(folder, stubs)
    made.stub("pip", PIP)
    return made


@pytest.mark.parametrize("shell", SHELLS)
def test_it_is_plain_posix(shell: str) -> None:
    subprocess.run([shell, "-n", ROOT / "run"], check=True)
    text = (ROOT / "run").read_text()

    assert text.startswith("#!/bin/sh\n")
    assert not [
        word for word in ("[[", "local ", "function ", "source ", "<<<", "$'", "pipefail") if word in text
    ]
    assert os.access(ROOT / "run", os.X_OK)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_environment_is_made_once_and_then_used(shell: str, clone: Clone) -> None:
    clone.python()
    first = clone.run("tool", "a b", "*", "", shell=shell)

    assert (first.returncode, first.stdout) == (0, f"tool in {clone.folder}/.venv: a b * \n")
    assert first.stderr == "run: making .venv with Python 3.99 (python3)\n"
    notes = clone.notes()
    assert "python3 -m venv .venv" in notes
    assert notes[-1].endswith("--no-deps --require-hashes -r requirements.lock")

    again = clone.run("tool", "c", shell=shell)
    assert (again.stdout, again.stderr) == (f"tool in {clone.folder}/.venv: c\n", "")
    assert clone.notes() == []


def test_another_lock_makes_another_environment(clone: Clone) -> None:
    clone.python()
    clone.run("tool")
    (clone.folder / ".venv" / "stale").touch()
    (clone.folder / "requirements.lock").write_text("# newer\n")
    clone.notes()

    assert clone.run("tool").returncode == 0
    assert not (clone.folder / ".venv" / "stale").exists()
    assert any("--require-hashes" in note for note in clone.notes())


def test_an_environment_that_was_not_finished_is_made_again(clone: Clone) -> None:
    clone.python()
    (clone.folder / ".venv" / "bin").mkdir(parents=True)
    (clone.folder / ".venv" / "half").touch()

    assert clone.run("tool").returncode == 0
    assert not (clone.folder / ".venv" / "half").exists()


def test_an_environment_whose_python_was_removed_is_made_again(clone: Clone) -> None:
    clone.python()
    clone.run("tool")
    (clone.folder / ".venv" / "bin" / "python").unlink()
    (clone.folder / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")

    assert clone.run("tool").stderr.startswith("run: making .venv")


@pytest.mark.parametrize("code", ["0", "1", "2", "12", "130"])
def test_the_exit_code_is_that_of_what_was_run(code: str, clone: Clone) -> None:
    clone.python()

    assert clone.run("tool", CODE=code).returncode == int(code)


def test_it_may_be_called_from_anywhere(clone: Clone, tmp_path: Path) -> None:
    clone.python()

    assert clone.run("tool", "x", cwd=tmp_path).stdout == f"tool in {clone.folder}/.venv: x\n"
    assert not (tmp_path / ".venv").exists()


def test_an_old_python_is_passed_over_for_a_newer_one(clone: Clone) -> None:
    clone.python(old=True)
    clone.python("python3.12")

    assert clone.run("tool").stderr == "run: making .venv with Python 3.99 (python3.12)\n"


def test_python_can_be_named(clone: Clone) -> None:
    clone.python()
    clone.python("mine")

    assert clone.run("tool", PYTHON="mine").stderr.endswith("(mine)\n")


@pytest.mark.parametrize("old", [True, False])
def test_without_a_python_that_is_new_enough_nothing_is_made(old: bool, clone: Clone) -> None:
    if old:
        clone.python(old=True)
    said = clone.run("tool")

    assert said.returncode == 1
    assert said.stderr == "run: Python 3.11 or newer is needed; set PYTHON to one, or install it\n"
    assert not (clone.folder / ".venv").exists()


def test_a_python_without_venv_is_told_with_the_package_to_install(clone: Clone) -> None:
    clone.python(no_venv=True)
    said = clone.run("tool")

    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.splitlines()[-1] == (
        "run: python3 cannot make a virtual environment; on Debian: apt install python3-venv"
    )


def test_packages_that_cannot_be_installed_leave_no_half_environment(clone: Clone) -> None:
    clone.python()
    (clone.stubs / "broken").touch()
    said = clone.run("tool")

    assert said.returncode == 1
    assert said.stderr.splitlines()[-2:] == [
        "no matching distribution",
        "run: the packages of requirements.lock could not be installed (see above)",
    ]
    assert not (clone.folder / ".venv").exists()
    (clone.stubs / "broken").unlink()
    assert clone.run("tool").returncode == 0


def test_without_a_word_it_says_what_it_is_for(clone: Clone) -> None:
    said = clone.run()

    assert said.returncode == 1
    assert said.stderr.startswith("run: what is to be run? try: ./run invoke deploy")
    assert not (clone.folder / ".venv").exists()
