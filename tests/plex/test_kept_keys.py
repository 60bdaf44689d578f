"""Which paths a listing has named already, told in little memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plex.kept_keys import SeenPaths


@given(st.lists(st.text(), unique=True))
def test_a_path_that_comes_again_is_always_known(paths: list[str]) -> None:
    seen = SeenPaths()
    for path in paths:
        seen.add(path)
    assert all(seen.add(path) for path in paths)


def test_hardly_any_new_path_is_taken_for_a_known_one() -> None:
    seen = SeenPaths()
    known = sum(seen.add(f"/media/{number}.mp4") for number in range(20_000))
    assert known <= 20
