"""The schema for editors says what the loader says, as far as a schema can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from stack.marks import read
from stack.schema import environment_schema

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "stack" / "environments").glob("*.yaml"))
CASES = ROOT / "tests" / "cases" / "environments"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = environment_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def document(path: Path) -> Any:
    return read(path).document


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_files_fit(path: Path, validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(document(path))


@pytest.mark.parametrize("path", sorted(CASES.glob("refused/*.yaml")), ids=lambda path: path.stem)
def test_what_the_loader_refuses_does_not_fit(path: Path, validator: jsonschema.Draft202012Validator) -> None:
    assert not validator.is_valid(document(path))


@pytest.mark.parametrize("path", sorted(CASES.glob("unfit/*.yaml")), ids=lambda path: path.stem)
def test_what_only_the_loader_can_see_fits(path: Path, validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(document(path))


@pytest.mark.parametrize(
    "text",
    [
        "ports: {node_exporter: 1}",
        "services: {grafanna: true}",
        "targets: {nod: []}",
        "flags: {nod: []}",
        "versions: {node: '1.0'}",
        "binaries: {paths: {node: /opt}}",
        "disable: {services: [nod]}",
        "retention: 15 days",
        "secrets: {a: plain}",
        "name: local",
    ],
)
def test_a_name_or_form_that_is_wrong_is_seen_while_typing(
    text: str, validator: jsonschema.Draft202012Validator
) -> None:
    assert not validator.is_valid(yaml.safe_load(text))


def test_everything_is_described_for_the_editor() -> None:
    schema = environment_schema()
    assert "extends" in schema["properties"]
    assert "title" not in str(schema["properties"])
    assert schema["properties"]["notifications"]["enum"] == ["sink", "real"]
