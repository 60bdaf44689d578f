"""What the page is told: links, masks, and the paths of one trouble."""

from __future__ import annotations

import pytest

from plugin.scene_view import link_to
from plugin.support import mask


@pytest.mark.parametrize(
    ("url", "begins"),
    [
        ("http://192.168.1.5:32400", "http://192.168.1.5:32400/web/index.html#!/server/m/"),
        ("https://plex.example.org/p", "https://plex.example.org/p/web/index.html#!/server/m/"),
        ("http://127.0.0.1:32400", "https://app.plex.tv/desktop/#!/server/m/"),
        ("http://[::1]:32400", "https://app.plex.tv/desktop/#!/server/m/"),
        ("http://plex:32400", "https://app.plex.tv/desktop/#!/server/m/"),
        ("http://host.docker.internal:32400", "https://app.plex.tv/desktop/#!/server/m/"),
        ("", "https://app.plex.tv/desktop/#!/server/m/"),
    ],
)
def test_a_link_leads_where_a_browser_can_follow(url: str, begins: str) -> None:
    assert link_to(url, "m", 7) == f"{begins}details?key=%2Flibrary%2Fmetadata%2F7"


def test_a_machine_s_name_cannot_break_out_of_the_link() -> None:
    assert "<" not in link_to("http://h.h", "<b>/x", 7)


@pytest.mark.parametrize(
    ("text", "hidden", "stays"),
    [
        ("item 7 ('My film' in Videos)", "My film", "item 7"),
        ("Plex has not scanned the file in /a b/c d.mp4", "c d", "has not scanned"),
        (r"the folder D:\Private stuff\x is new; 5 scenes", "Private", "5 scenes"),
        (r"\\nas\share\film.mp4 is gone", "nas", ""),
        ("Plex at http://my.host:32400 does not answer", "my.host", "does not answer"),
        ("there is no field {a name}; taken as empty", "a name", "taken as empty"),
        ('title was "It\'s \\"new\\""; rating', "new", "rating"),
    ],
)
def test_a_mask_hides_what_a_person_named_and_nothing_else(
    text: str, hidden: str, stays: str
) -> None:
    masked = mask(text)
    assert hidden not in masked
    assert stays in masked


def test_the_same_name_gets_the_same_mark() -> None:
    assert mask("'a' and 'a'").split(" and ")[0] == mask("'a' and 'a'").split(" and ")[1]
    assert mask("'a'") != mask("'b'")
