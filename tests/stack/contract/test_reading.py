"""A contract is read as it was written, and whatever a file holds is a contract or a problem."""

from __future__ import annotations

import string
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stack.contract.family import TYPES, Contract, Family
from stack.contract.reading import read_contract, read_contracts
from stack.contract.writing import head_of, to_text
from stack.metric_files import metric_files

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

ROOT = Path(__file__).parents[3]
SHIPPED = sorted((ROOT / "stack" / "metrics").glob("*.yaml"))

word = st.text(string.ascii_letters + "_", min_size=1, max_size=8)
name = word | st.sampled_from(["null", "true", "on", "y", "no"])
texts = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff\ufffe\uffff"), max_size=20
)
values = st.lists(texts | st.sampled_from(["1", "1e3", "null", "0o7", ".inf", "-", "a: b", "#"]), max_size=3)
reasons = texts.filter(str.strip)


def families(reason: SearchStrategy[str]) -> SearchStrategy[dict[str, Family]]:
    labels = st.dictionaries(name, values.map(lambda found: tuple(sorted(found))), max_size=3)
    return st.dictionaries(name, st.builds(Family, st.sampled_from(TYPES), labels, reason), max_size=4)


contracts = st.builds(
    Contract,
    name=st.just("shop"),
    program=texts,
    series=st.integers(0, 10**6),
    closed=st.lists(name, max_size=3, unique=True).map(lambda found: tuple(sorted(found))),
    families=families(st.just("")),
    events=families(reasons),
    waivers=st.dictionaries(name, reasons, max_size=3),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contract=contracts)
def test_what_is_written_is_what_is_read(tmp_path: Path, contract: Contract) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(to_text(contract))

    assert read_contract(path) == (contract, ())


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary() | st.text().map(str.encode) | st.sampled_from([b"families: [", b"families: 3", b"[]"])
)
def test_whatever_a_file_holds_is_a_contract_or_a_problem_with_its_place(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "shop.yaml"
    path.write_bytes(data)
    contract, problems = read_contract(path)

    assert contract.name == "shop"
    assert all(found.check == "metric_contract" and str(path) in found.where for found in problems)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_contract_is_as_it_would_be_written(path: Path) -> None:
    contract, problems = read_contract(path)
    text = path.read_text()

    assert problems == ()
    assert bool(contract.series) is bool(contract.families), "the one is captured with the other"
    assert to_text(contract, head=head_of(text)) == text


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_nothing_of_one_machine_is_in_a_shipped_contract(path: Path) -> None:
    contract, _ = read_contract(path)
    for family, body in contract.families.items():
        told = {label for label, values in body.labels.items() if values}
        assert told <= {*contract.closed, "alertstate"}, family


def test_a_family_stands_on_one_line_below_the_comment_that_was_at_the_top() -> None:
    contract = Contract(
        "shop", "shop 1", 3, ("mode",), {"b": Family("gauge"), "a": Family("counter", {"mode": ("x", "1")})}
    )
    text = to_text(contract, head=head_of("# Mine.\n# Keep it.\nprogram: old\n# not this\n"))

    assert text == (
        "# Mine.\n# Keep it.\nprogram: shop 1\nseries: 3\nclosed: [mode]\nfamilies:\n"
        "  a: {type: counter, labels: {mode: ['1', x]}}\n  b: {type: gauge, labels: {}}\n"
    )


def test_a_site_adds_to_what_is_shipped_and_its_word_counts(tmp_path: Path) -> None:
    for folder, text in (
        ("ours", "series: 5\nfamilies: {a: {type: gauge, labels: {}}, b: {type: gauge, labels: {}}}"),
        ("site", "families: {b: {type: counter, labels: {}}}\nwaivers: {c: old}"),
    ):
        (tmp_path / folder / "stack" / "metrics").mkdir(parents=True)
        (tmp_path / folder / "stack" / "metrics" / "shop.yaml").write_text(text)
    files = metric_files((tmp_path / "ours", tmp_path / "site", tmp_path / "none"))
    found = read_contracts(files)

    assert found.problems == ()
    shop = found.by_name["shop"]
    assert (shop.series, shop.waivers) == (5, {"c": "old"})
    assert {name: family.type for name, family in shop.families.items()} == {"a": "gauge", "b": "counter"}


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    contract, [problem] = read_contract(tmp_path / "gone.yaml")

    assert contract == Contract("gone")
    assert problem.summary == "cannot be read: No such file or directory"
    (tmp_path / "empty.yaml").write_text("")
    [problem] = read_contract(tmp_path / "empty.yaml")[1]
    assert problem.summary == "is empty; write at least `families: {}`"
