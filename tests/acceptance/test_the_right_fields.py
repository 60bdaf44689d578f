"""What Stash says is what Plex shows: each choice of content, with everything in between real."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from tests.acceptance.world import JPEG, World
from tests.waiting import wait_for

CONTENT: dict[str, object] = {
    "titleTemplate": "[{studio} - ]{title}[ ({date})]",
    "sortTitle": "{date} {title}",
    "contentRating": "XXX",
    "tagsAs": "both",
    "notTheseTags": "secret; private",
    "tagParents": True,
    "organizedLabel": "Checked",
    "groupCollections": True,
    "studioCollections": True,
    "networkCollections": True,
    "performerRoles": True,
    "coverAs": "both",
}


def picture(width: int, height: int) -> bytes:
    made = BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(made, "JPEG")
    return made.getvalue()


def full_scene(world: World) -> tuple[int, int]:
    """A scene with everything that a setting can speak of."""
    store = world.stash.store
    network = store.add_studio("The Network")
    studio = store.add_studio("The Studio", parent=network)
    above = store.add_tag("Above")
    tag = store.add_tag("Below")
    store.named["Tag"][tag].parent_ids = (above,)
    return world.add(
        title="A title",
        date="2024-05-17",
        organized=True,
        studio=studio,
        performers=[store.add_performer("Jane Doe", "the elder")],
        tags=[tag, store.add_tag("secret")],
        groups=[store.add_group("A Group")],
        cover=picture(160, 90),
    )


def roles(world: World, key: int) -> list[str]:
    return [tag.role or "" for tag in world.plex.store.item(key).tags["actor"]]


def test_every_choice_of_content_shows_and_goes_again(world: World) -> None:
    world.configure(**CONTENT)
    scene, key = full_scene(world)
    before = world.plex.store.item(key).selected
    world.save(scene, details="saved")
    wait_for(lambda: world.shown(key, "summary") == "saved", what="the sync")
    world.settle()

    assert world.shown(key, "title") == "The Studio - A title (2024-05-17)"
    assert world.shown(key, "titleSort") == "2024-05-17 A title"
    assert world.shown(key, "contentRating") == "XXX"
    assert world.tags(key, "genre") == ["Below", "Above"]
    assert {one.lower() for one in world.tags(key, "label")} == {"below", "above", "checked"}
    assert set(world.tags(key, "collection")) == {"A Group", "The Studio", "The Network"}
    assert roles(world, key) == ["the elder"]
    item = world.plex.store.item(key)
    assert item.selected["posters"] != before["posters"]
    assert item.selected["arts"] != before["arts"]
    assert {"thumb", "art", "title", "label", "collection"} <= item.locked

    world.configure()
    world.save(scene, details="saved again")
    wait_for(lambda: world.shown(key, "summary") == "saved again", what="the second sync")
    assert world.shown(key, "title") == "A title"
    assert world.shown(key, "titleSort") in {"", "A title"}
    assert world.shown(key, "contentRating") == ""
    assert sorted(world.tags(key, "genre")) == ["Below", "secret"]
    assert world.tags(key, "label") == world.tags(key, "collection") == []
    assert roles(world, key) == [""]


def test_only_the_named_tags_are_shown(world: World) -> None:
    world.configure(onlyTheseTags="Below")
    scene, key = full_scene(world)
    world.save(scene, details="saved")
    wait_for(lambda: world.shown(key, "summary") == "saved", what="the sync")
    assert world.tags(key, "genre") == ["Below"]


def test_a_bad_template_is_named_and_the_plain_title_used(world: World) -> None:
    world.configure(titleTemplate="[{studio - {title}")
    scene, key = full_scene(world)
    world.save(scene, title="plain")
    wait_for(lambda: world.shown(key, "title") == "plain", what="the title")
    complaints = wait_for(lambda: world.status()["complaints"], what="a complaint")
    assert any("titleTemplate" in one for one in complaints)


@pytest.mark.parametrize(
    ("setting", "value", "wanted"),
    [
        ("filterOrganized", True, {"organized": True}),
        ("filterTags", "good", {"tag": "good"}),
        ("filterNotTags", "bad", {"tag": "fine"}),
        ("filterStudios", "The Studio", {"studio": "The Studio"}),
        ("filterPaths", "**/in/*", {}),
    ],
)
def test_a_filter_leaves_scenes_out_and_says_why(
    world: World, setting: str, value: object, wanted: dict[str, object]
) -> None:
    world.configure(**{setting: value})
    store = world.stash.store
    tags = [store.add_tag(str(wanted.get("tag", "any")))]
    studio = store.add_studio(str(wanted.get("studio", "Some studio")))
    inside, shown = world.add(
        "in/a.mp4", organized=bool(wanted.get("organized")), tags=tags, studio=studio
    )
    outside, other = world.add("out/b.mp4", tags=[store.add_tag("bad")])
    for scene in (inside, outside):
        world.save(scene, title="saved")
    wait_for(lambda: world.shown(shown, "title") == "saved", what="the wanted scene")
    reason = world.wait_for_outcome(outside, "filtered")
    assert "setting" in reason
    assert world.shown(other, "title") == "b"
    assert "1 filtered" in world.task("Sync all scenes") or world.shown(other, "title") == "b"


def test_a_scene_that_falls_out_of_the_filter_is_left_or_undone_by_choice(world: World) -> None:
    scene, key = world.add(organized=True)
    other, second = world.add("other.mp4", organized=True)
    world.configure(filterOrganized=True)
    for one in (scene, other):
        world.save(one, title="by Stash", organized=True)
    wait_for(lambda: world.shown(second, "title") == "by Stash", what="the titles")
    world.settle()

    world.save(scene, organized=False)
    world.wait_for_outcome(scene, "filtered")
    assert world.shown(key, "title") == "by Stash"

    world.configure(filterOrganized=True, undoFiltered=True)
    world.save(other, organized=False)
    wait_for(lambda: world.shown(second, "title") == "other", what="the title of before")
    world.save(other, title="wanted again", organized=True)
    wait_for(lambda: world.shown(second, "title") == "wanted again", what="the new title")


def test_covers_are_padded_to_the_shape_of_a_poster(world: World) -> None:
    world.configure(padCovers=True)
    scene, key = world.add(cover=picture(160, 90))
    world.save(scene, title="padded")
    wait_for(lambda: world.plex.store.item(key).uploads, what="the poster")
    [upload] = world.plex.store.item(key).uploads
    with Image.open(BytesIO(upload.data)) as shown:
        assert abs(shown.height / shown.width - 1.5) < 0.02

    world.save(scene, title="another title")
    wait_for(lambda: world.shown(key, "title") == "another title", what="the title")
    world.settle()
    assert len(world.plex.store.item(key).uploads) == 1


def test_a_background_alone_leaves_the_poster(world: World) -> None:
    world.configure(coverAs="background")
    scene, key = world.add(cover=JPEG)
    before = world.plex.store.item(key).selected["posters"]
    world.save(scene, title="t")
    wait_for(lambda: world.plex.store.item(key).uploads, what="the background")
    world.settle()
    item = world.plex.store.item(key)
    assert item.selected["posters"] == before
    assert "thumb" not in item.locked
    assert "art" in item.locked


# Who wins


def test_what_is_replaced_is_told_in_the_events(world: World) -> None:
    scene, key = world.add()
    world.plex.store.person_edits(key, "title", "A person's title")
    world.save(scene, title="Stash's title")
    wait_for(lambda: world.shown(key, "title") == "Stash's title", what="the title")
    [event] = wait_for(lambda: world.status()["events"], what="an event")
    assert event["scene_id"] == scene
    assert "A person's title" in event["text"]


def test_a_person_who_wins_is_named_in_the_scenes_state(world: World) -> None:
    world.configure(keepPlexEdits=True)
    scene, key = world.add()
    world.save(scene, title="ours")
    wait_for(lambda: world.shown(key, "title") == "ours", what="the title")
    world.plex.store.person_edits(key, "title", "theirs")
    world.save(scene, title="ours again", details="d")
    wait_for(lambda: world.shown(key, "summary") == "d", what="the summary")
    world.settle()
    assert world.shown(key, "title") == "theirs"
    assert world.ledger_state(scene).detail.kept == ("title",)


# What a server does not take


def test_a_field_that_plex_does_not_take_is_told_and_not_tried_for_ever(world: World) -> None:
    scenes = [world.add(f"{n}.mp4") for n in range(3)]
    world.plex.quirks.ignored_fields = frozenset({"studio"})
    studio = world.stash.store.add_studio("Never taken")
    for scene, _ in scenes:
        world.save(scene, studio_id=str(studio))
        world.settle()
    world.task("Sync all scenes")

    def told() -> list[str]:
        events = world.operation(mode="status")["events"]
        return [one["text"] for one in events if one["kind"] == "not_taken"]

    texts = wait_for(told, what="the event")
    assert "studio" in texts[0]
    first = next(scene for scene, _ in scenes if world.ledger_state(scene).detail.refused)
    world.forget_requests()
    world.operation(mode="sync", ids=[first])
    world.settle()
    assert [one for one in world.plex.requests if one.kind == "edit"] == []


def test_a_value_that_plex_refuses_in_full_is_cut_told_and_not_sent_again(world: World) -> None:
    world.plex.quirks.line_limit_bytes = 3000
    scene, key = world.add()
    text = "a long story " * 1000
    world.save(scene, details=text)
    wait_for(lambda: world.shown(key, "summary"), what="the summary")
    world.settle()
    shown = world.shown(key, "summary")
    assert text.startswith(shown)
    assert "summary" in world.ledger_state(scene).detail.cut

    world.forget_requests()
    world.operation(mode="sync", ids=[scene])
    world.settle()
    assert [one for one in world.plex.requests if one.kind == "edit"] == []
    assert world.shown(key, "summary") == shown
