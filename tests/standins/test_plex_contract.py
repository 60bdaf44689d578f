"""The stand-in speaks as real Plex servers were recorded, and as python-plexapi expects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from plexapi.server import PlexServer as PlexApi

from demo.plexserver.items import TagValue
from demo.plexserver.server import PlexServer
from tests.fixtures_folder import shared_fixtures
from tests.standins.plex_client import Client

Shapes = dict[str, set[str]]

# What PlexSync reads, by element; "Item" is a Video, a Directory that is an item, or Metadata.
READ_ANYWHERE: Shapes = {
    "Item": {
        "ratingKey",
        "key",
        "type",
        "title",
        "summary",
        "studio",
        "originallyAvailableAt",
        "contentRating",
        "thumb",
        "art",
        "addedAt",
        "updatedAt",
    },
    "Part": {"file"},
    "Genre": {"tag"},
    "Director": {"tag"},
    "Collection": {"tag"},
    "Role": {"tag"},
}
READ_FROM_FULL_ITEMS: Shapes = {
    **READ_ANYWHERE,
    "Item": READ_ANYWHERE["Item"] | {"librarySectionID"},
    "Label": {"tag"},
    "Role": {"tag", "role", "thumb"},
    "Field": {"name", "locked"},
}
READ_FROM_SECTIONS: Shapes = {
    "Directory": {"key", "type", "title", "agent", "uuid", "contentChangedAt", "refreshing"},
    "Location": {"path"},
}
# In no recording that may be kept here: named so in python-plexapi's `Media` and `Movie`, or as
# the recordings have it for the other kinds of tags.
NOT_RECORDED: Shapes = {
    "Media": {"proxyType", "target"},
    "Item": {"userRating"},
    "Collection": {"id", "filter"},
    "Label": {"filter"},
}


@pytest.fixture
def plex() -> Iterator[PlexServer]:
    plex = PlexServer()
    plex.start()
    yield plex
    plex.stop()


@pytest.fixture
def client(plex: PlexServer) -> Iterator[Client]:
    client = Client(plex)
    yield client
    client.close()


@pytest.fixture
def recordings() -> Path:
    return shared_fixtures() / "plex"


def load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def xml_shapes(root: ElementTree.Element) -> Shapes:
    """The attributes that each kind of element has, all its occurrences together."""
    shapes: Shapes = {}
    for element in root.iter():
        is_item = "ratingKey" in element.attrib
        shapes.setdefault("Item" if is_item else element.tag, set()).update(element.attrib)
    return shapes


def json_shapes(content: Mapping[str, Any]) -> Shapes:
    shapes: Shapes = {}

    def visit(name: str, node: Mapping[str, Any]) -> None:
        own = shapes.setdefault(name, set())
        for key, value in node.items():
            if isinstance(value, dict):
                visit(key, value)
            elif isinstance(value, list):
                for child in value:
                    visit("Item" if key == "Metadata" else key, child)
            else:
                own.add(key)

    visit("MediaContainer", content["MediaContainer"])
    return shapes


def together(*all_shapes: Shapes) -> Shapes:
    merged: Shapes = {}
    for shapes in all_shapes:
        for name, attributes in shapes.items():
            merged.setdefault(name, set()).update(attributes)
    return merged


def assert_within(ours: Shapes, theirs: Shapes) -> None:
    """Nothing is there that no real server was seen to send."""
    strange = {name: found - theirs.get(name, set()) for name, found in ours.items()}
    assert {name: found for name, found in strange.items() if found} == {}


@pytest.fixture
def recorded_items(recordings: Path) -> Shapes:
    """All shapes of items in listings and full answers, XML and JSON."""
    texts = ("mpg/all_type1_file_hit.xml", "go-plex-client/metadata_show_walking_dead.xml")
    names = ("movie_library", "metadata_108", "metadata_1036", "metadata_159637", "tv_episodes")
    return together(
        *(xml_shapes(ElementTree.fromstring((recordings / text).read_bytes())) for text in texts),
        *(json_shapes(load(recordings / "plex-api-rs" / f"{name}.json")) for name in names),
        NOT_RECORDED,
    )


@pytest.fixture
def interstate_60(recordings: Path, plex: PlexServer) -> int:
    """The film of movie_library.json and metadata_108.json, seeded with all that it has."""
    [full] = load(recordings / "plex-api-rs/metadata_108.json")["MediaContainer"]["Metadata"]
    place = {"librarySectionTitle", "librarySectionID", "librarySectionKey"}
    numbered = {"ratingKey", "key", "type", "title", "thumb", "art", "guid"}
    scalars = {
        name: value
        for name, value in full.items()
        if not isinstance(value, list) and name not in place | numbered
    }
    lists = {"genre": "Genre", "director": "Director", "writer": "Writer"}
    lists |= {"producer": "Producer", "country": "Country", "actor": "Role"}
    tags: dict[str, list[str | TagValue]] = {
        name: [TagValue(one["tag"], one.get("role"), one.get("thumb")) for one in full[element]]
        for name, element in lists.items()
    }
    tags |= {"label": ["Seen"], "collection": ["Road movies"]}
    section = plex.store.add_section("Movies", locations=("/data/Movies",))
    files = [[part["file"] for part in media["Part"]] for media in full["Media"]]
    key = plex.store.add_item(
        section, files, title=full["title"], tags=tags, locked={"title"}, **scalars
    )
    plex.store.person_edits(key, "userRating", 8.0)
    return key


@pytest.mark.parametrize("accept", ["*/*", "application/json"])
@pytest.mark.parametrize(
    ("target", "read"),
    [
        ("/library/sections/1/all?type=1&file=Interstate", READ_ANYWHERE),
        ("/library/metadata/1", READ_FROM_FULL_ITEMS),
    ],
)
def test_items_have_the_names_of_the_recordings(
    target: str,
    read: Shapes,
    accept: str,
    client: Client,
    plex: PlexServer,
    interstate_60: int,
    recorded_items: Shapes,
) -> None:
    plex.store.add_optimised_version(interstate_60, "/data/Movies/small.mp4")

    reply = client.ask(target, headers={"Accept": accept})

    ours = (
        json_shapes(reply.json())
        if accept == "application/json"
        else xml_shapes(ElementTree.fromstring(reply.content))
    )
    assert_within(read, ours)
    assert_within({"Item": {"userRating"}, "Media": {"proxyType"}}, ours)
    assert_within(read, recorded_items)
    assert_within({k: v for k, v in ours.items() if k != "MediaContainer"}, recorded_items)


def test_a_json_answer_types_its_values_as_recorded(
    client: Client,
    interstate_60: int,
    recordings: Path,
) -> None:
    """A client must not find a number where Plex has a text."""
    answer = client.ask(
        f"/library/metadata/{interstate_60}", headers={"Accept": "application/json"}
    )

    [ours] = answer.json()["MediaContainer"]["Metadata"]
    [theirs] = load(recordings / "plex-api-rs/metadata_108.json")["MediaContainer"]["Metadata"]
    common = (ours.keys() & theirs.keys()) - {"Media"}
    assert common >= {"ratingKey", "librarySectionID", "year", "rating", "Genre", "updatedAt"}
    assert {name: type(ours[name]) for name in common} == {
        name: type(theirs[name]) for name in common
    }
    assert ours["Field"] == [
        {"locked": True, "name": "title"},
        {"locked": True, "name": "userRating"},
    ]


def test_a_listing_cuts_tags_where_the_recorded_one_does(
    client: Client,
    interstate_60: int,
    recordings: Path,
) -> None:
    """Whoever compares or writes tags from a listing loses most of them."""
    listed = client.ask(
        "/library/sections/1/all?type=1", headers={"Accept": "application/json"}
    ).json()["MediaContainer"]["Metadata"][0]
    full = client.ask(
        f"/library/metadata/{interstate_60}", headers={"Accept": "application/json"}
    ).json()["MediaContainer"]["Metadata"][0]

    library = load(recordings / "plex-api-rs/movie_library.json")["MediaContainer"]["Metadata"]
    [theirs] = [item for item in library if item["ratingKey"] == "108"]
    [whole] = load(recordings / "plex-api-rs/metadata_108.json")["MediaContainer"]["Metadata"]
    for name in ("Genre", "Director", "Writer", "Country", "Role"):
        assert listed[name] == theirs[name]
        assert [one["tag"] for one in full[name]] == [one["tag"] for one in whole[name]]
    assert (len(listed["Genre"]), len(full["Genre"])) == (2, 4)
    assert (len(listed["Role"]), len(full["Role"])) == (3, 22)
    assert len(full["Producer"]) == 5
    assert not {"Producer", "Label", "Field"} & listed.keys()


def test_a_lookup_by_file_answers_like_the_recorded_hit_and_miss(
    client: Client,
    plex: PlexServer,
    recordings: Path,
) -> None:
    section = plex.store.add_section("Movies")
    file = "/media/Movies/Test Movie H264 (2024)/Test Movie H264 (2024).mkv"
    plex.store.add_item(section, [file], title="Test Movie: G-BOAF")
    paging = {"X-Plex-Container-Start": "0", "X-Plex-Container-Size": "100"}
    for record in load(recordings / "mpg/index.json"):
        if "file=" not in record["uri"]:
            continue

        reply = client.ask(record["uri"], headers=paging)

        ours = ElementTree.fromstring(reply.content)
        theirs = ElementTree.fromstring((recordings / "mpg" / record["file"]).read_bytes())
        for name in ("size", "totalSize", "offset", "librarySectionID", "librarySectionTitle"):
            assert ours.attrib[name] == theirs.attrib[name]
        assert set(ours.attrib) <= set(theirs.attrib)
        assert set(theirs.attrib) - set(ours.attrib) == set()
        assert [part.attrib["file"] for part in ours.iter("Part")] == [
            part.attrib["file"] for part in theirs.iter("Part")
        ]
        assert_headers(reply.headers, record["response_headers"])


def assert_headers(ours: Mapping[str, str], theirs: Mapping[str, str]) -> None:
    differs = {"date", "content-length"}
    for name, value in theirs.items():
        if name.lower() not in differs and "-Content-" not in name:
            assert ours.get(name) == value, name


def test_sections_have_the_names_of_the_recordings(
    client: Client,
    plex: PlexServer,
    recordings: Path,
) -> None:
    plex.store.add_section("Movies", locations=("/storage/movies",))
    plex.store.add_section("TV Shows", type="show", locations=("/storage/tvshows",))

    ours = xml_shapes(client.tree("/library/sections"))

    files = ("ha/library_sections.xml", "mpg/library_sections.xml")
    trees = [ElementTree.fromstring((recordings / name).read_bytes()) for name in files]
    theirs = together(*map(xml_shapes, trees))
    assert_within(READ_FROM_SECTIONS, ours)
    assert_within(READ_FROM_SECTIONS, theirs)
    assert_within(ours, theirs)


def test_a_count_without_items_has_the_recorded_names(
    client: Client,
    plex: PlexServer,
    recordings: Path,
) -> None:
    section = plex.store.add_section("Movies")
    plex.store.add_item(section, ["/media/a.mkv"])

    ours = client.tree(
        f"/library/sections/{section}/all?X-Plex-Container-Start=0&X-Plex-Container-Size=0"
    )

    counts = ("library_movies_size.xml", "library_tvshows_size_episodes.xml")
    trees = [ElementTree.fromstring((recordings / "ha" / name).read_bytes()) for name in counts]
    assert_within(xml_shapes(ours), together(*map(xml_shapes, trees)))
    assert (ours.attrib["size"], ours.attrib["totalSize"], len(ours)) == ("0", "1", 0)


def test_the_root_and_the_library_have_the_names_of_the_recordings(
    client: Client,
    recordings: Path,
) -> None:
    for target, name in (("/", "root.xml"), ("/library", "library.xml")):
        ours = client.tree(target)

        theirs = ElementTree.fromstring((recordings / "mpg" / name).read_bytes())
        assert set(ours.attrib) <= set(theirs.attrib)
        assert {child.tag for child in ours} == {child.tag for child in theirs}
    assert {"machineIdentifier", "friendlyName", "version"} <= set(client.tree("/").attrib)
    in_json = client.ask("/", headers={"Accept": "application/json"}).json()["MediaContainer"]
    theirs_in_json = load(recordings / "mpg/root.json")["MediaContainer"]
    for key in (in_json.keys() & theirs_in_json.keys()) - {"Directory"}:
        assert type(in_json[key]) is type(theirs_in_json[key]), key


def test_a_scan_answers_with_the_recorded_nothing(
    client: Client,
    plex: PlexServer,
    recordings: Path,
) -> None:
    plex.store.add_section("Movies", locations=("/media/Movies",))
    records = load(recordings / "mpg/index.json")
    [record] = [one for one in records if one["file"] == "refresh_path.empty"]

    reply = client.ask(record["uri"])

    assert reply.content == (recordings / "mpg/refresh_path.empty").read_bytes()
    assert_headers(reply.headers, record["response_headers"])


@pytest.mark.parametrize("status", [400, 404, 500])
def test_error_pages_are_the_recorded_ones(
    status: int,
    client: Client,
    plex: PlexServer,
    recordings: Path,
) -> None:
    plex.faults.set(f"status:{status}")

    reply = client.ask("/library/sections")

    assert reply.status_code == status
    assert reply.content == (recordings / f"errors/{status}.html").read_bytes()


@pytest.mark.parametrize(("accept", "ending"), [("*/*", "xml"), ("application/json", "json")])
def test_maintenance_is_told_as_recorded_even_to_the_liveness_probe(
    accept: str,
    ending: str,
    client: Client,
    plex: PlexServer,
    recordings: Path,
) -> None:
    plex.faults.set("maintenance")

    reply = client.ask("/identity", headers={"Accept": accept}, token=None)

    assert reply.status_code == 503
    assert reply.content == (recordings / f"errors/503_maintenance.{ending}").read_bytes()


def test_every_recording_can_be_read(recordings: Path) -> None:
    """A damaged fixture would make the comparisons above prove nothing."""
    xml = [path for path in recordings.rglob("*.xml") if path.parent.name != "errors"]
    texts = list(recordings.rglob("*.json"))
    assert len(xml) > 8
    assert len(texts) > 15
    for path in xml:
        assert ElementTree.fromstring(path.read_bytes()).tag == "MediaContainer"
    for path in texts:
        assert load(path)


# -- python-plexapi, the client that most tools use ----------------------------------------------


@pytest.fixture
def api(plex: PlexServer) -> Iterator[Any]:
    section = plex.store.add_section("Videos", locations=("/media",))
    for name in ("first", "second", "third"):
        plex.store.add_item(
            section, [f"/media/{name}.mp4"], title=name, tags={"genre": ["A", "B", "C"]}
        )
    connect: Any = PlexApi  # its methods have no types
    api = connect(plex.url, plex.token)
    yield api
    api._session.close()


def test_plexapi_connects_and_lists_a_library(plex: PlexServer, api: Any) -> None:
    section = api.library.section("Videos")

    assert api.machineIdentifier == plex.store.machine_identifier
    assert section.locations == ["/media"]
    assert [item.title for item in section.all()] == ["first", "second", "third"]
    assert section.totalSize == 3


def test_plexapi_finds_by_title_and_fetches_by_key(api: Any) -> None:
    [found] = api.library.section("Videos").search(title="SECO")

    item = api.fetchItem(found.ratingKey)

    assert item.title == "second"
    assert item.locations == ["/media/second.mp4"]
    assert [genre.tag for genre in item.genres] == ["A", "B", "C"]
    assert item.librarySectionID == 1


@pytest.mark.parametrize("semantics", ["replace", "add"])
def test_plexapi_edits_one_item(semantics: Any, plex: PlexServer, api: Any) -> None:
    plex.semantics = semantics
    item = api.fetchItem(1)

    item.editTitle("new & better").addGenre("D, with comma").removeGenre("B").reload()

    assert item.title == "new & better"
    assert [genre.tag for genre in item.genres] == ["A", "C", "D, with comma"]
    assert {field.name for field in item.fields} == {"title", "genre"}
    item.removeGenre("D, with comma").reload()
    assert [genre.tag for genre in item.genres] == ["A", "C"]


def test_plexapi_edits_in_batches(plex: PlexServer, api: Any) -> None:
    section = api.library.section("Videos")
    one, two, _ = section.all()

    one.batchEdits().editStudio("Studio").editUserRating(8).addLabel("seen").saveEdits()
    section.batchMultiEdits([one, two]).editSummary("both").saveMultiEdits()

    first, second, third = (plex.store.item(key) for key in (1, 2, 3))
    assert (first.scalars["studio"], first.scalars["userRating"]) == ("Studio", 8.0)
    assert first.tags["label"] == [TagValue("Seen")]
    assert [item.scalars["summary"] for item in (first, second, third)] == ["both", "both", ""]


def test_plexapi_uploads_and_selects_a_poster(
    plex: PlexServer,
    api: Any,
    tmp_path: Path,
) -> None:
    picture = tmp_path / "poster.jpg"
    picture.write_bytes(b"\xff\xd8 a picture")
    item = api.fetchItem(1)
    before = item.thumb

    item.uploadPoster(filepath=str(picture))

    assert [poster.selected for poster in item.posters()] == [False, True]
    assert item.reload().thumb != before
    item.posters()[0].select()
    assert [poster.selected for poster in item.posters()] == [True, False]
    assert len(plex.store.item(1).uploads) == 1
