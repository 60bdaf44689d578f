"""Faults of Plex: of its answers, of its connection, and of what it makes of a write."""

from __future__ import annotations

from functools import partial

from tests.faults.fault import Act, Fault
from tests.faults.stage import THEIRS, Stage
from tests.waiting import wait_for

ANSWERS, WRITES, WAYS = "Plex answers", "Plex answers writes", "Plex is different"
PICTURES = "Plex answers pictures"
AWAY, BUSY = "plex_away", "retrying"
# What each status means where nothing else is wrong.
EVERYWHERE = {
    "status:400": AWAY,
    "status:401": "token_refused",
    "status:403": "token_refused",
    "status:404": AWAY,
    "status:429": AWAY,
    "status:500": AWAY,
    "status:502": AWAY,
    "status:503": AWAY,
    "status:504": AWAY,
    "maintenance": AWAY,
    "reset": AWAY,
    "garbage": AWAY,
    "html": AWAY,
    "truncated": AWAY,
    "endless": AWAY,
    "hang": AWAY,
    "redirect:http://192.0.2.1/": "not_configured",
}
TO_WRITES = {
    "status:400": "refused_edit",
    "status:401": "token_refused",
    "status:404": BUSY,
    "status:429": AWAY,
    "status:500": AWAY,
    "status:503": AWAY,
    "reset": AWAY,
    "lost": AWAY,
    "garbage": BUSY,
    "html": BUSY,
    "redirect:http://192.0.2.1/": "not_configured",
}
TO_PICTURES = {
    "status:400": "refused_edit",
    "status:401": "token_refused",
    "status:500": BUSY,
    "reset": AWAY,
    "lost": AWAY,
    "hang": AWAY,
    "html": BUSY,
}
QUICK = {"maintenance", "garbage"}
WORDS = {
    "maintenance": "its maintenance page (503)",
    "reset": "a reset connection",
    "garbage": "garbage",
    "html": "a web page with status 200",
    "truncated": "half of the answer",
    "endless": "an answer without end",
    "hang": "nothing, and keeps the connection open",
    "lost": "nothing, after it carried them out",
    "redirect:http://192.0.2.1/": "a redirect to another host",
}


def _set(kind: str, stage: Stage, **rules: object) -> None:
    stage.world.plex.faults.set(kind, **rules)  # type: ignore[arg-type]


def _send_pictures_into(kind: str, stage: Stage) -> None:
    """Each scene gets a cover, and with the next saves these are sent."""
    stage.give_covers()
    _set(kind, stage, methods={"POST"})


def clear(stage: Stage) -> None:
    """End all trouble of Plex."""
    stage.world.plex.faults.clear()


def retry(stage: Stage) -> None:
    """What a person presses for what was set aside."""
    stage.world.operation(mode="start", what="retry_failed")


def _quirk(name: str, value: object) -> Act:
    def change(stage: Stage) -> None:
        setattr(stage.world.plex.quirks, name, value)
        stage.world.operation(mode="start", what="clear_caches")

    return change


def _named(kind: str) -> str:
    return WORDS.get(kind, kind.partition(":")[2])


def _stop(stage: Stage) -> None:
    stage.world.plex.stop()


def _start(stage: Stage) -> None:
    stage.world.plex.start()


def _refuse_token(stage: Stage) -> None:
    stage.world.plex.token = "another"


def _take_token(stage: Stage) -> None:
    stage.world.plex.token = "plex-token"


def _renumber(stage: Stage) -> None:
    """Each file gets another key."""
    for one in stage.subjects:
        one.keys.append(stage.world.plex.store.move_item_to_new_key(one.key))
    _bring_back_theirs(stage)


def _empty(stage: Stage) -> None:
    """The disk of a library is not there, and Plex has emptied its bin."""
    for one in stage.subjects:
        stage.world.plex.store.remove_item(one.key)


def _fill(stage: Stage) -> None:
    store = stage.world.plex.store
    for one in stage.subjects:
        file = f"/media/plex/scene {one.number}.mp4"
        one.keys.append(store.add_item(stage.world.movies, [file], tags={"genre": [THEIRS]}))
    stage.world.operation(mode="wake")


def _set_up_anew(stage: Stage) -> None:
    """Another server at the same address, where the old keys name other files."""
    store = stage.world.plex.store
    with store.lock:
        items = [store.live(one.key) for one in stage.subjects]
        media = [one.media for one in items if one]
        for item, other in zip(items, [*media[1:], media[0]], strict=True):
            if item:
                item.media, item.tags, item.locked = other, {}, set()
                item.scalars["title"] = "as the scanner named it"
                store.touch(item)
    store.set_machine_identifier("another-server")
    keys = [one.keys[-1] for one in stage.subjects]
    for one, key in zip(stage.subjects, [keys[-1], *keys[:-1]], strict=True):
        one.keys[:] = [key]
    stage.forget_requests()
    _bring_back_theirs(stage)


def _bring_back_theirs(stage: Stage) -> None:
    for one in stage.subjects:
        item = stage.world.plex.store.live(one.key)
        assert item is not None
        stage.world.plex.store.put_tags(item, "genre", [THEIRS])


def _ignore_titles(stage: Stage) -> None:
    stage.world.plex.quirks.ignored_fields = frozenset({"title"})


def _take_titles(stage: Stage) -> None:
    stage.world.plex.quirks.ignored_fields = frozenset()


def _seen_by_half(stage: Stage) -> None:
    """Let the second write, which the look at the first brings, come to nothing as well."""
    seen = len(stage.edits())
    stage.edit_all()
    wait_for(lambda: len(stage.edits()) >= seen + 3, what="a write of each")
    stage.world.settle()
    stage.world.operation(mode="start", what="rewrite_all")
    wait_for(lambda: len(stage.edits()) >= seen + 6, what="a second write of each")
    stage.world.settle()
    _take_titles(stage)
    stage.edit_all()


FAULTS = [
    *(
        Fault(
            group=ANSWERS,
            name=f"{ANSWERS} everything with {_named(kind)}",
            begin=partial(_set, kind),
            end=clear,
            sees=sees,
            is_quick=kind in QUICK,
        )
        for kind, sees in EVERYWHERE.items()
    ),
    Fault(group=ANSWERS, name="Plex is off", begin=_stop, end=_start, sees=AWAY),
    Fault(
        group=ANSWERS,
        name="Plex does not take the token any more",
        begin=_refuse_token,
        end=_take_token,
        sees="token_refused",
    ),
    Fault(
        group=ANSWERS,
        name="Plex needs two seconds for each answer",
        begin=partial(_set, "slow:2"),
    ),
    *(
        Fault(
            group=WRITES,
            name=f"{WRITES} with {_named(kind)}",
            begin=partial(_set, kind, methods={"PUT"}),
            end=clear,
            sees=sees,
            then=retry if sees == "refused_edit" else lambda _stage: None,
        )
        for kind, sees in TO_WRITES.items()
    ),
    *(
        Fault(
            group=PICTURES,
            name=f"{PICTURES} with {_named(kind)}",
            begin=partial(_send_pictures_into, kind),
            end=clear,
            sees=sees,
            then=retry if sees == "refused_edit" else lambda _stage: None,
        )
        for kind, sees in TO_PICTURES.items()
    ),
    Fault(
        group=WAYS,
        name="a write is carried out by half: the title is not taken",
        begin=_ignore_titles,
        then=_seen_by_half,
        saves=False,
    ),
    Fault(
        group=WAYS,
        name="an indexed list adds instead of replacing",
        begin=_quirk("semantics", "add"),
    ),
    Fault(
        group=WAYS,
        name="a page of a listing may hold 100 items at most",
        begin=_quirk("page_limit", 100),
    ),
    Fault(
        group=WAYS,
        name="`file=` is ignored, and all items answered",
        begin=_quirk("honours_file_filter", False),
    ),
    Fault(
        group=WAYS, name="filters by time are ignored", begin=_quirk("honours_time_filter", False)
    ),
    Fault(group=WAYS, name="keys are renumbered", begin=_renumber),
    Fault(
        group=WAYS,
        name="a library is emptied, and filled again with other keys",
        begin=_empty,
        end=_fill,
        sees="not_scanned",
    ),
    Fault(
        group=WAYS,
        name="another server answers, where the old keys name other files",
        begin=_set_up_anew,
    ),
]
