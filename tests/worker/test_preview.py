"""What a preview tells in words."""

from __future__ import annotations

import pytest

from worker.preview import Preview


@pytest.mark.parametrize(
    ("scenes", "said"),
    [
        (1, "1 scene was looked at, nothing was written"),
        (0, "0 scenes were looked at, nothing was written"),
        (1204, "1,204 scenes were looked at, nothing was written"),
    ],
)
def test_so_many_scenes_were_looked_at(scenes: int, said: str) -> None:
    preview = Preview("preview")
    for number in range(scenes):
        preview.add_failed(number, "")
    assert preview.lines()[0] == said
