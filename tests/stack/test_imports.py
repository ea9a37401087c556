"""What our programs import is followed, and nothing that only a type checker reads."""

from __future__ import annotations

from importlib.metadata import distribution

import pytest

from stack.errors import DefinitionInvalid
from stack.images import ROOTS, own_code
from stack.imaging import own
from stack.imaging.own import COMPILED, foreign
from stack.imports import distributions, imported, reached
from stack.tree import Tree

CODE = Tree(
    {
        "stack/__init__.py": b"",
        "stack/exporters/__init__.py": b"import stack.emit",
        "stack/exporters/one.py": b"from stack.clients import http\nif TYPE_CHECKING:\n    import pydantic\n",
        "stack/clients/__init__.py": b"import psutil",
        "stack/clients/http.py": b"def go():\n    import requests.sessions\n    import json\n",
        "stack/emit.py": b"import yaml",
        "stack/other.py": b"import docker",
    }
)


def test_files_are_reached_by_others_their_packages_and_from_within_functions() -> None:
    assert reached(CODE, ["stack/exporters/"]) == CODE.files.keys() - {
        "stack/other.py",
        "stack/__init__.py",
    } | {"stack/__init__.py"}


def test_what_only_a_type_checker_reads_is_no_import() -> None:
    assert imported(CODE.files["stack/exporters/one.py"]) == {"stack.clients", "stack.clients.http"}


def test_distributions_come_with_what_they_need_and_without_the_standard_library() -> None:
    found = distributions(CODE, reached(CODE, ["stack/exporters/"]))

    assert found >= {"requests", "urllib3", "certifi", "idna", "pyyaml", "psutil"}
    assert not found & {"docker", "pydantic", "json", "pysocks"}


def test_our_own_programs_rest_on_little() -> None:
    names = foreign(own_code())

    assert set(names) >= {"aiosmtpd", "prometheus-client", "psutil", "pyyaml"}
    assert not set(names) & {"pydantic", "rich", "matplotlib", "numpy", "invoke"}
    assert {*COMPILED} <= set(names)
    assert all(any(path.startswith(root) for path in own_code().files) for root in ROOTS)


def test_what_is_compiled_for_the_python_here_is_refused_where_no_package_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The gate once started without its bcrypt, and failed at the first password."""
    monkeypatch.setattr(own, "COMPILED", {})
    with pytest.raises(DefinitionInvalid, match="bcrypt is compiled, and no package of the suite is known"):
        own._distribution("bcrypt")
    assert {name for name in foreign(own_code()) if _is_compiled(name)} <= {*COMPILED}


def _is_compiled(name: str) -> bool:
    return any(str(file).endswith(".so") for file in distribution(name).files or ())
