"""What the Plex stand-in does to its data, and the trouble that it can make."""

from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
import requests

from demo.plexserver.items import TagValue
from demo.plexserver.server import PlexServer
from tests.standins.plex_client import Client
from tests.waiting import wait_for

ALL = "/library/sections/1/all"


@pytest.fixture
def plex() -> Iterator[PlexServer]:
    plex = PlexServer()
    plex.store.add_section("Videos", locations=("/media",))
    plex.start()
    yield plex
    plex.stop()


@pytest.fixture
def client(plex: PlexServer) -> Iterator[Client]:
    client = Client(plex)
    yield client
    client.close()


def seed(plex: PlexServer, *names: str, **tags: list[str | TagValue]) -> list[int]:
    return [plex.store.add_item(1, [f"/media/{name}"], tags=tags) for name in names]


def tags(plex: PlexServer, key: int, name: str) -> list[str]:
    return [value.tag for value in plex.store.item(key).tags.get(name, [])]


# -- editing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("semantics", "result"), [("replace", ["C"]), ("add", ["A", "B", "C"])])
def test_an_indexed_list_replaces_or_adds(
    semantics: Literal["replace", "add"], result: list[str], plex: PlexServer, client: Client
) -> None:
    plex.semantics = semantics
    [key] = seed(plex, "a.mp4", genre=["A", "B"])

    client.put(f"/library/metadata/{key}?type=1&genre[0].tag.tag=C")

    assert tags(plex, key, "genre") == result


@pytest.mark.parametrize("semantics", ["replace", "add"])
def test_a_full_list_with_removals_ends_alike_under_both_semantics(
    semantics: Literal["replace", "add"], plex: PlexServer, client: Client
) -> None:
    plex.semantics = semantics
    [key] = seed(plex, "a.mp4", genre=["A", "B"])

    client.put(f"/library/metadata/{key}?genre[0].tag.tag=A&genre[1].tag.tag=C&genre[].tag.tag-=B")

    assert tags(plex, key, "genre") == ["A", "C"]


def test_a_removed_tag_with_a_comma_travels_encoded_twice(plex: PlexServer, client: Client) -> None:
    [key] = seed(plex, "a.mp4", genre=["A, B", "A", "B", "50%"])

    removal = quote(",".join(quote(text, safe="") for text in ("A, B", "50%")), safe="")
    client.put(f"/library/metadata/{key}?genre[].tag.tag-={removal}")

    assert "%252C" in removal
    assert tags(plex, key, "genre") == ["A", "B"]


def test_a_removed_tag_with_a_comma_encoded_once_takes_others_away(
    plex: PlexServer, client: Client
) -> None:
    [key] = seed(plex, "a.mp4", genre=["A,B", "A", "B", "C"])

    client.put(f"/library/metadata/{key}?genre[].tag.tag-={quote('A,B')}")

    assert tags(plex, key, "genre") == ["A,B", "C"]


def test_a_removal_takes_the_listed_value_in_another_case_too(
    plex: PlexServer, client: Client
) -> None:
    [key] = seed(plex, "a.mp4", genre=["blonde"])

    client.put(f"/library/metadata/{key}?genre[0].tag.tag=Blonde&genre[].tag.tag-=blonde")

    assert tags(plex, key, "genre") == []


def test_a_value_is_cleared_by_an_empty_one(plex: PlexServer, client: Client) -> None:
    key = plex.store.add_item(1, ["/media/a.mp4"], studio="Old", userRating=6.0)

    client.put(f"/library/metadata/{key}?studio.value=&userRating.value=")

    [item] = client.tree(f"/library/metadata/{key}")
    assert not {"studio", "userRating"} & item.attrib.keys()


def test_a_rating_without_value_is_answered_200_and_does_nothing(
    plex: PlexServer, client: Client
) -> None:
    [key] = seed(plex, "a.mp4")

    assert client.put(f"/library/metadata/{key}?userRating=2").status_code == 200
    assert "userRating" not in plex.store.item(key).scalars
    client.put(f"/library/metadata/{key}?userRating.value=8")
    assert client.tree(f"/library/metadata/{key}")[0].attrib["userRating"] == "8.0"


def test_a_locked_field_survives_a_refresh_and_an_unlocked_one_does_not(
    plex: PlexServer, client: Client
) -> None:
    [key] = seed(plex, "a.mp4")
    client.put(f"/library/metadata/{key}?title.value=Ours&title.locked=1&studio.value=Ours")

    plex.store.refresh_item(key, title="Agent", studio="Agent")

    item = plex.store.item(key)
    assert (item.scalars["title"], item.scalars["studio"]) == ("Ours", "Agent")
    [field] = client.tree(f"/library/metadata/{key}").iter("Field")
    assert field.attrib == {"locked": "1", "name": "title"}
    client.put(f"/library/metadata/{key}?title.locked=0")
    assert plex.store.item(key).locked == set()


def test_a_persons_edit_locks_and_moves_the_times(plex: PlexServer) -> None:
    [key] = seed(plex, "a.mp4")
    item, [section] = plex.store.item(key), plex.store.sections()
    changed = section.content_changed_at

    plex.store.person_edits(key, "title", "By hand")
    plex.store.person_edits(key, "genre", ["By hand"])

    after = plex.store.item(key)
    assert after.locked == {"title", "genre"}
    assert after.updated_at > item.updated_at
    assert plex.store.sections()[0].content_changed_at > changed


def test_the_section_form_edits_the_named_items(plex: PlexServer, client: Client) -> None:
    seed(plex, "a.mp4", "b.mp4", "c.mp4")

    client.put(f"{ALL}?type=1&id=1,3&studio.value=S")

    assert [plex.store.item(key).scalars.get("studio") for key in (1, 2, 3)] == ["S", None, "S"]


@pytest.mark.parametrize(
    ("target", "keys"),
    [
        (f"{ALL}?type=1&id=1,3&studio.value=S", [1, 3]),
        ("/library/metadata/2?studio.value=S", [2]),
        (f"{ALL}?type=1&studio.value=S", []),
    ],
)
def test_the_log_tells_which_items_an_edit_named(
    target: str, keys: list[int], plex: PlexServer, client: Client
) -> None:
    seed(plex, "a.mp4", "b.mp4", "c.mp4")
    client.put(target)
    assert plex.requests[-1].keys == keys


@pytest.mark.parametrize("missing", ["", "&id="])
def test_the_section_form_without_ids_edits_every_item(
    missing: str, plex: PlexServer, client: Client
) -> None:
    """The most expensive mistake that a client can make."""
    seed(plex, "a.mp4", "b.mp4")

    assert client.put(f"{ALL}?type=1{missing}&title.value=Oops").status_code == 200

    assert [plex.store.item(key).scalars["title"] for key in (1, 2)] == ["Oops", "Oops"]


def test_roles_belong_to_the_item_and_pictures_to_the_name(
    plex: PlexServer, client: Client
) -> None:
    one, two = seed(plex, "a.mp4", "b.mp4")
    client.put(f"/library/metadata/{two}?actor[0].tag.tag=Ann&actor[0].tagging.text=Other")

    url = quote("http://stash/ann.jpg", safe="")
    client.put(
        f"/library/metadata/{one}?actor[0].tag.tag=Ann&actor[0].tagging.text=Self"
        f"&actor[0].tag.thumb={url}"
    )

    roles = [role.attrib for role in client.tree(f"/library/metadata/{one},{two}").iter("Role")]
    assert [role["role"] for role in roles] == ["Self", "Other"]
    assert {role["thumb"] for role in roles} == {"http://stash/ann.jpg"}


def test_labels_come_back_with_a_capital_letter(plex: PlexServer, client: Client) -> None:
    [key] = seed(plex, "a.mp4")

    client.put(f"/library/metadata/{key}?label[0].tag.tag=stash&label[1].tag.tag=eins")

    assert tags(plex, key, "label") == ["Stash", "Eins"]


def test_an_episode_drops_what_episodes_do_not_have(plex: PlexServer, client: Client) -> None:
    shows = plex.store.add_section("Shows", type="show")
    key = plex.store.add_item(shows, ["/shows/s01e01.mp4"], grandparentTitle="Show")

    client.put(
        f"/library/metadata/{key}?type=4&title.value=New&studio.value=S&genre[0].tag.tag=G"
        "&director[0].tag.tag=D&genre.locked=1&title.locked=1"
    )

    item = plex.store.item(key)
    assert item.scalars["title"] == "New"
    assert "studio" not in item.scalars
    assert (tags(plex, key, "genre"), tags(plex, key, "director")) == ([], ["D"])
    assert item.locked == {"title"}


def test_a_hook_runs_before_the_edit(plex: PlexServer, client: Client) -> None:
    [key] = seed(plex, "a.mp4")
    seen: list[object] = []
    plex.on_edit.append(lambda _: seen.append(plex.store.item(key).scalars["title"]))

    client.put(f"/library/metadata/{key}?title.value=New")

    assert (seen, plex.store.item(key).scalars["title"]) == (["a"], "New")


def test_a_hook_that_stops_the_server_keeps_the_edit_out(plex: PlexServer, client: Client) -> None:
    [key] = seed(plex, "a.mp4")
    plex.on_edit.append(lambda _: plex.stop())

    with pytest.raises(requests.ConnectionError):
        client.put(f"/library/metadata/{key}?title.value=New")

    assert plex.store.item(key).scalars["title"] == "a"


# -- reading -------------------------------------------------------------------------------------


def test_missing_items_are_left_out_and_only_none_at_all_is_a_404(
    plex: PlexServer, client: Client
) -> None:
    one, two = seed(plex, "a.mp4", "b.mp4")
    plex.store.remove_item(one)

    assert client.keys(f"/library/metadata/{one},{two},99") == [two]
    gone = client.ask(f"/library/metadata/{one},99")
    assert (gone.status_code, gone.headers["Content-Type"]) == (404, "text/html")
    assert client.put(f"/library/metadata/{one}?title.value=x").status_code == 404


def test_an_item_added_again_has_another_key_and_starts_afresh(
    plex: PlexServer, client: Client
) -> None:
    [old] = seed(plex, "a.mp4", genre=["A"])

    new = plex.store.move_item_to_new_key(old)

    assert new != old
    assert client.ask(f"/library/metadata/{old}").status_code == 404
    assert list(plex.store.item(new).files) == ["/media/a.mp4"]
    assert tags(plex, new, "genre") == []


def test_pages_tell_where_they_are_and_end_at_the_total(plex: PlexServer, client: Client) -> None:
    seed(plex, *(f"{number}.mp4" for number in range(5)))

    page = client.tree(
        f"{ALL}?type=1&sort=id", **{"X-Plex-Container-Start": "3", "X-Plex-Container-Size": "3"}
    )
    in_query = f"{ALL}?type=1&sort=id&X-Plex-Container-Start=1&X-Plex-Container-Size=2"

    totals = {name: page.attrib[name] for name in ("size", "totalSize", "offset")}
    assert totals == {"size": "2", "totalSize": "5", "offset": "3"}
    assert [item.attrib["ratingKey"] for item in page] == ["4", "5"]
    assert client.keys(in_query) == [2, 3]
    assert client.keys(f"{ALL}?type=1&sort=id") == [1, 2, 3, 4, 5]


def test_a_page_above_the_limit_is_refused_unless_the_server_is_older(
    plex: PlexServer, client: Client
) -> None:
    size = {"X-Plex-Container-Start": "0", "X-Plex-Container-Size": "1001"}

    assert client.ask(f"{ALL}?type=1", headers=size).status_code == 400
    plex.quirks.page_limit = None
    assert client.ask(f"{ALL}?type=1", headers=size).status_code == 200


def test_excludes_shrink_a_listing_unless_the_server_ignores_them(
    plex: PlexServer, client: Client
) -> None:
    key = plex.store.add_item(1, ["/media/a.mp4"], tags={"genre": ["A"]}, summary="Long")
    target = f"{ALL}?type=1&excludeElements=Genre,Image&excludeFields=summary,tagline"

    [item] = client.tree(target)
    assert {child.tag for child in item} == {"Media"}
    assert "summary" not in item.attrib
    plex.quirks.honours_excludes = False
    [item] = client.tree(target)
    assert {child.tag for child in item} == {"Media", "Image", "Genre"}
    assert item.attrib["ratingKey"] == str(key)


def test_a_file_filter_looks_anywhere_in_the_path(plex: PlexServer, client: Client) -> None:
    seed(plex, "x/one.mp4", "y/one.mp4", "y/another one.mp4", "two.mp4")

    assert client.keys(f"{ALL}?type=1&sort=id&file=one.mp4") == [1, 2, 3]
    assert client.keys(f"{ALL}?type=1&sort=id&file=two.mp4,y/one") == [2, 4]
    assert client.keys(f"{ALL}?type=1&file=nowhere") == []


def test_a_comma_in_a_file_name_means_or(plex: PlexServer, client: Client) -> None:
    seed(plex, "Me, You.mp4", "Me.mp4", "Else.mp4")

    assert client.keys(f"{ALL}?type=1&sort=id&file={quote('Me, You.mp4')}") == [1, 2]


def test_a_file_filter_without_type_is_a_500(plex: PlexServer, client: Client) -> None:
    seed(plex, "a.mp4")

    assert client.ask(f"{ALL}?file=a.mp4").status_code == 500


def test_an_old_server_ignores_the_file_filter(plex: PlexServer, client: Client) -> None:
    seed(plex, "a.mp4", "b.mp4")
    plex.quirks.honours_file_filter = False

    assert client.keys(f"{ALL}?type=1&file=a.mp4") == [1, 2]


def test_time_filters_show_what_came_later_and_unknown_filters_everything(
    plex: PlexServer, client: Client
) -> None:
    for number in (100, 200, 300):
        plex.store.add_item(1, [f"/media/{number}.mp4"], addedAt=number, updatedAt=number + 5)

    assert client.keys(f"{ALL}?type=1&addedAt>>=200") == [3]
    for sign in (">>=", "%3E%3E=", "%3E%3E%3D="):
        assert client.keys(f"{ALL}?type=1&sort=id&updatedAt{sign}200") == [2, 3]
    assert client.keys(f"{ALL}?type=1&sort=id&nonsense>>=200") == [1, 2, 3]


def test_a_title_is_found_by_a_part_in_any_case(plex: PlexServer, client: Client) -> None:
    seed(plex, "First Scene.mp4", "second.mp4")

    assert client.keys(f"{ALL}?type=1&title=sceNE") == [1]


def test_type_4_lists_the_episodes_of_a_show_section(plex: PlexServer, client: Client) -> None:
    shows = plex.store.add_section("Shows", type="show")
    key = plex.store.add_item(shows, ["/shows/e1.mp4"], grandparentTitle="Show", index=1)

    [episode] = client.tree(f"/library/sections/{shows}/all?type=4")
    assert episode.attrib["type"] == "episode"
    assert (episode.attrib["ratingKey"], episode.attrib["grandparentTitle"]) == (str(key), "Show")
    assert client.keys(f"/library/sections/{shows}/all?type=2") == []


def test_an_item_shows_all_its_files_and_which_version_plex_made(
    plex: PlexServer, client: Client
) -> None:
    key = plex.store.add_item(1, [["/media/pt1.mp4", "/media/pt2.mp4"], ["/media/4k.mp4"]])
    plex.store.add_optimised_version(key, "/media/Plex Versions/small.mp4")

    media = list(client.tree(f"/library/metadata/{key}").iter("Media"))

    assert [[part.attrib["file"] for part in one] for one in media] == [
        ["/media/pt1.mp4", "/media/pt2.mp4"],
        ["/media/4k.mp4"],
        ["/media/Plex Versions/small.mp4"],
    ]
    assert [one.get("proxyType") for one in media] == [None, None, "42"]


def test_text_of_any_kind_arrives_as_it_was_sent(plex: PlexServer, client: Client) -> None:
    [key] = seed(plex, "a.mp4")
    text = "Zeile 1\r\nZeile \"2\" <&> 'drei' 日本 🎬\t+ %25"

    client.put(f"/library/metadata/{key}?summary.value={quote(text, safe='')}")

    assert client.tree(f"/library/metadata/{key}")[0].attrib["summary"] == text
    in_json = client.ask(f"/library/metadata/{key}", headers={"Accept": "application/json"})
    assert in_json.json()["MediaContainer"]["Metadata"][0]["summary"] == text


def test_a_scan_of_a_folder_finds_the_files_in_it(plex: PlexServer, client: Client) -> None:
    plex.store.put_file_on_disk(1, "/media/new/a.mp4")
    plex.store.put_file_on_disk(1, "/media/newer/b.mp4")

    client.ask("/library/sections/1/refresh?path=/media/new")
    assert client.keys(f"{ALL}?type=1") == [1]
    plex.store.scan()
    assert client.keys(f"{ALL}?type=1&sort=id") == [1, 2]


def test_twenty_thousand_items_are_looked_through_at_once(plex: PlexServer, client: Client) -> None:
    for number in range(20_000):
        plex.store.add_item(1, [f"/media/{number:05}.mp4"])
    started = time.process_time()  # the server runs in this process; a busy machine does not count

    assert client.keys(f"{ALL}?type=1&file=19999.mp4") == [20_000]
    last = f"{ALL}?type=1&sort=id&X-Plex-Container-Start=19990&X-Plex-Container-Size=1000"
    assert len(client.keys(last)) == 10

    assert time.process_time() - started < 2


# -- pictures ------------------------------------------------------------------------------------


def test_an_upload_is_kept_by_its_hash_and_selected(plex: PlexServer, client: Client) -> None:
    [key] = seed(plex, "a.mp4")
    before = plex.store.item(key)

    for _ in range(2):
        client.ask(f"/library/metadata/{key}/posters", method="POST", data=b"picture")
    client.ask(f"/library/metadata/{key}/arts", method="POST", data=b"background")

    after = plex.store.item(key)
    digest = hashlib.sha1(b"picture").hexdigest()
    assert [upload.kind for upload in after.uploads] == ["posters", "arts"]
    assert after.thumb != before.thumb
    assert after.art != before.art
    own, sent = client.tree(f"/library/metadata/{key}/posters")
    assert (own.attrib["selected"], sent.attrib["selected"]) == ("0", "1")
    assert sent.attrib["ratingKey"] == f"upload://posters/{digest}"
    assert client.ask(after.thumb).content == b"picture"


def test_an_earlier_picture_can_be_selected_again(plex: PlexServer, client: Client) -> None:
    [key] = seed(plex, "a.mp4")
    [own] = client.tree(f"/library/metadata/{key}/posters")
    plex.store.upload(key, "posters", b"picture")
    with_upload = plex.store.item(key).thumb

    url = quote(own.attrib["ratingKey"], safe="")
    assert client.put(f"/library/metadata/{key}/poster?url={url}").status_code == 200

    assert plex.store.item(key).selected["posters"] == own.attrib["ratingKey"]
    assert plex.store.item(key).thumb != with_upload
    assert client.put(f"/library/metadata/{key}/poster?url=unknown").status_code == 404


@pytest.mark.parametrize("status", [413, 400])
def test_a_picture_over_ten_megabytes_is_refused(
    status: int, plex: PlexServer, client: Client
) -> None:
    [key] = seed(plex, "a.mp4")
    plex.quirks.body_limit_status = status

    reply = client.ask(f"/library/metadata/{key}/posters", method="POST", data=bytes(10_000_001))

    assert reply.status_code == status
    assert plex.store.item(key).uploads == []


# -- access, limits and the log ------------------------------------------------------------------


def test_only_the_token_of_the_moment_is_let_in(plex: PlexServer, client: Client) -> None:
    assert client.ask("/library/sections", token=None).status_code == 401
    assert client.ask("/library/sections").status_code == 200
    plex.token = "another"
    refused = client.ask("/library/sections")
    assert (refused.status_code, refused.headers["Content-Type"]) == (401, "text/html")
    assert client.ask("/library/sections", token="another").status_code == 200
    assert client.ask("/identity", token=None).status_code == 200


def test_a_token_in_the_query_is_let_in_and_logged(plex: PlexServer, client: Client) -> None:
    assert client.ask("/?X-Plex-Token=plex-token", token=None).status_code == 200

    assert plex.requests[-1].query == [("X-Plex-Token", "plex-token")]


@pytest.mark.parametrize("status", [414, 431, 400])
def test_a_long_request_line_is_refused(status: int, plex: PlexServer, client: Client) -> None:
    [key] = seed(plex, "a.mp4")
    plex.quirks.line_limit_status = status

    reply = client.put(f"/library/metadata/{key}?summary.value={'x' * 8192}")

    assert reply.status_code == status
    assert plex.store.item(key).scalars["summary"] == ""
    plex.quirks.line_limit_bytes = 9000
    assert client.put(f"/library/metadata/{key}?summary.value={'x' * 8192}").status_code == 200


def test_the_log_names_what_each_request_is_for(plex: PlexServer, client: Client) -> None:
    seed(plex, "a.mp4")
    asked = {
        "/": "root",
        "/identity": "identity",
        "/library": "other",
        "/library/sections": "sections",
        f"{ALL}?type=1": "listing",
        f"{ALL}?type=1&file=a": "lookup",
        f"{ALL}?type=1&title=a": "search",
        "/library/metadata/1,2": "metadata",
        "/library/metadata/1/posters": "posters",
        "/library/sections/1/refresh": "scan",
    }
    for target in asked:
        client.ask(target)
    client.put("/library/metadata/1?title.value=a%26b")
    client.put(f"{ALL}?type=1&id=1&title.value=x")
    client.ask("/library/metadata/1/posters", method="POST", data=b"12345")

    kinds = [request.kind for request in plex.requests]
    assert kinds == [*asked.values(), "edit", "edit", "upload"]
    assert {request.status for request in plex.requests} == {200}
    assert all(one.finished and one.finished >= one.started for one in plex.requests)
    assert plex.requests[-1].body_size == 5
    edit = plex.requests[-3]
    assert edit.query == [("title.value", "a&b")]
    assert edit.raw_target == "/library/metadata/1?title.value=a%26b"
    assert (edit.path, edit.headers["X-Plex-Token"]) == ("/library/metadata/1", "plex-token")


def test_requests_at_the_same_time_are_counted(plex: PlexServer) -> None:
    seed(plex, "a.mp4")
    plex.faults.set("hang")
    clients = [Client(plex) for _ in range(3)]
    targets = [("GET", "/"), ("GET", "/library"), ("PUT", "/library/metadata/1?title.value=x")]
    threads = [
        threading.Thread(target=client.ask, args=(target,), kwargs={"method": method})
        for client, (method, target) in zip(clients, targets, strict=True)
    ]
    for thread in threads:
        thread.start()

    wait_for(lambda: len(plex.requests) == 3, what="all three to arrive")
    plex.faults.clear()
    for thread, client in zip(threads, clients, strict=True):
        thread.join()
        client.close()

    assert plex.most_in_flight == {"read": 2, "write": 1}
    for _ in range(20):
        client = Client(plex)
        client.ask("/")
        client.close()
    assert plex.most_in_flight == {"read": 2, "write": 1}


def test_an_idle_connection_is_closed(plex: PlexServer) -> None:
    plex.quirks.idle_seconds = 0.1
    host, port = plex.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        received = b""
        line.sendall(b"GET /identity HTTP/1.1\r\nHost: plex\r\n\r\n")
        while chunk := line.recv(65536):
            received += chunk

    assert received.startswith(b"HTTP/1.1 200 OK")
    assert b"Connection: Keep-Alive" in received
    assert received.endswith(b"</MediaContainer>\n")


# -- trouble -------------------------------------------------------------------------------------


def test_a_fault_strikes_only_what_it_is_set_for(plex: PlexServer, client: Client) -> None:
    seed(plex, "a.mp4")
    plex.faults.set("status:500", paths="/metadata/1", methods={"PUT"}, times=2, after=1)

    put = "/library/metadata/1?title.value=x"
    assert client.ask("/library/metadata/1").status_code == 200
    assert [client.put(put).status_code for _ in range(4)] == [200, 500, 500, 200]


def test_a_struck_edit_changes_nothing_until_the_faults_are_cleared(
    plex: PlexServer, client: Client
) -> None:
    [key] = seed(plex, "a.mp4")
    plex.faults.set("status:503")

    assert client.put(f"/library/metadata/{key}?title.value=x").status_code == 503
    assert plex.store.item(key).scalars["title"] == "a"
    plex.faults.clear()
    client.put(f"/library/metadata/{key}?title.value=x")
    assert plex.store.item(key).scalars["title"] == "x"


@pytest.mark.parametrize(("kind", "title"), [("reset", "a"), ("lost", "x")])
def test_a_reset_comes_before_the_edit_and_a_lost_answer_after_it(
    kind: str, title: str, plex: PlexServer, client: Client
) -> None:
    [key] = seed(plex, "a.mp4")
    plex.faults.set(kind)

    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        client.put(f"/library/metadata/{key}?title.value=x")

    assert plex.store.item(key).scalars["title"] == title
    assert plex.requests[-1].status is None


def test_a_slow_answer_comes_late(plex: PlexServer, client: Client) -> None:
    plex.faults.set("slow:0.1")

    client.ask("/identity")

    [request] = plex.requests
    assert request.finished is not None
    assert request.finished - request.started >= 0.09


@pytest.mark.parametrize("kind", ["garbage", "truncated"])
def test_a_broken_answer_is_whole_as_http_and_no_xml(
    kind: str, plex: PlexServer, client: Client
) -> None:
    plex.faults.set(kind)

    reply = client.ask("/library/sections")

    assert reply.status_code == 200
    assert int(reply.headers["Content-Length"]) == len(reply.content) > 0
    assert "xml" in reply.headers["Content-Type"]
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(reply.content)


def test_a_proxy_answers_with_a_page(plex: PlexServer, client: Client) -> None:
    plex.faults.set("html")

    reply = client.ask("/library/sections")

    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/html")
    assert b"<html>" in reply.content


def test_a_redirect_leads_where_it_was_told_to(plex: PlexServer, client: Client) -> None:
    plex.faults.set("redirect:https://elsewhere.test/library")

    reply = client.ask("/library/sections")

    assert (reply.status_code, reply.headers["Location"]) == (
        301,
        "https://elsewhere.test/library",
    )


def test_an_endless_answer_goes_on_until_the_client_leaves(plex: PlexServer) -> None:
    plex.faults.set("endless")
    header = {"X-Plex-Token": plex.token}
    with requests.get(f"{plex.url}/library", headers=header, stream=True, timeout=30) as reply:
        read = 0
        for chunk in reply.iter_content(65536):
            read += len(chunk)
            if read > 500_000:
                break

    [request] = plex.requests
    wait_for(lambda: request.finished, what="the server to notice")
    assert request.status is None


def test_an_unknown_fault_is_a_mistake_of_the_test(plex: PlexServer) -> None:
    for kind in ("maintenence", "status", "reset:5"):
        with pytest.raises(ValueError, match="there is no fault"):
            plex.faults.set(kind)


# -- stopping and starting -----------------------------------------------------------------------


def test_a_stopped_server_leaves_neither_thread_nor_port(plex: PlexServer) -> None:
    plex.stop()
    before = set(threading.enumerate())  # those of earlier tests may end meanwhile
    plex.start()
    plex.faults.set("hang")
    failed: list[Exception] = []

    def ask() -> None:
        client = Client(plex)
        try:
            client.ask("/library")
        except requests.ConnectionError as error:
            failed.append(error)
        finally:
            client.close()

    asking = threading.Thread(target=ask)
    asking.start()
    wait_for(lambda: plex.requests, what="the request that hangs")

    plex.stop()

    asking.join()
    assert len(failed) == 1
    assert set(threading.enumerate()) <= before
    with pytest.raises(requests.ConnectionError, match="refused"):
        requests.get(f"{plex.url}/identity", timeout=30)


def test_a_server_that_starts_again_has_its_port_and_its_data(
    plex: PlexServer, client: Client
) -> None:
    seed(plex, "a.mp4")
    client.put("/library/metadata/1?title.value=Kept")
    url = plex.url

    plex.stop()
    plex.start()

    assert plex.url == url
    assert client.tree("/library/metadata/1")[0].attrib["title"] == "Kept"


def test_another_server_can_take_the_place_of_the_first(plex: PlexServer, client: Client) -> None:
    plex.store.set_machine_identifier("0123")

    assert client.tree("/identity").attrib["machineIdentifier"] == "0123"
    assert client.tree("/").attrib["machineIdentifier"] == "0123"


def test_the_module_serves_on_its_own_and_says_where() -> None:
    command = [sys.executable, "-m", "demo.plexserver", "--token", "t", "--latency-ms", "1"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            reply = requests.get(
                f"{url}/library/sections", headers={"X-Plex-Token": "t"}, timeout=30
            )
            assert reply.status_code == 200
        finally:
            process.terminate()
