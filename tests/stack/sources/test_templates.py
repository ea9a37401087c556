from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.errors import Refused
from stack.sources._templates import BESIDE, FOLDER, relocate

OLD = f"/{FOLDER}".encode()


@given(st.lists(st.binary(max_size=50).filter(lambda data: b"/" not in data), min_size=4, max_size=4))
def test_the_folder_is_replaced_in_its_three_places_and_nothing_else_moves(parts: list[bytes]) -> None:
    before = OLD.join(parts)
    after = relocate(before)
    assert len(after) == len(before)
    path = after[len(parts[0]) : len(parts[0]) + len(OLD)]
    assert path.startswith(b"./")
    assert path.replace(b"/", b"") == f".{BESIDE}".encode()
    assert after.replace(path, OLD) == before


@pytest.mark.parametrize("places", [0, 1, 2, 4])
def test_a_build_with_another_number_of_places_is_refused(places: int) -> None:
    with pytest.raises(Refused, match=f"stands in it {places} times, not 3: an unknown build"):
        relocate(b"x" + OLD * places)
