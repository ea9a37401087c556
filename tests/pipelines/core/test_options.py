"""What a run was told, and what it refuses to be told."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.core.options import Options
from stack.environment import RESERVED, Environment
from stack.errors import EnvironmentInvalid, Refused


def test_an_option_that_was_not_given_is_empty() -> None:
    options = Options(values={"service": "", "out": "x"})

    assert (options.text("service"), options.text("nowhere"), options.text("out")) == ("", "", "x")
    assert (options.flag("service"), options.flag("nowhere"), Options(values={"a": True}).flag("a")) == (
        False,
        False,
        True,
    )


@pytest.mark.parametrize("text", ["", "-1", "1.5", "ten", " 7"])
def test_a_number_that_is_none_is_refused_by_its_option(text: str) -> None:
    with pytest.raises(Refused, match=f"--lines takes a whole number, not '{text}'"):
        Options(values={"lines": text}).number("lines")
    assert Options(values={"lines": "12"}).number("lines") == 12


def is_fit(name: str) -> bool:
    """Say whether the model takes an environment's name."""
    try:
        Environment.model_validate({"name": name})
    except ValidationError:
        return False
    return True


@given(st.text(alphabet=st.sampled_from("aZ09_-./~ \n\x00é"), max_size=42))
@example("..")
@example("a" * 41)
@example("local\n")
@example("cache")
@example("checklists")
def test_a_name_leads_to_a_folder_of_its_own_or_is_refused_just_as_the_model_does(name: str) -> None:
    refused: AbstractContextManager[Any] = (
        nullcontext() if is_fit(name) else pytest.raises(EnvironmentInvalid, match="1 mistake")
    )
    with refused:
        Options(environment=name).refuse_odd_names()


@pytest.mark.parametrize("name", [*sorted(RESERVED), "..", "../..", "/etc", "", "a/b"])
def test_no_name_leads_to_what_belongs_to_others(name: str) -> None:
    with pytest.raises(EnvironmentInvalid) as caught:
        Options(environment=name).refuse_odd_names()
    assert f"--env {name}: " in caught.value.report.summary()
