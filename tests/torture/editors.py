"""Persons at work: they edit scenes in Stash, rename performers, and add genres in Plex."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterable
from random import Random

from demo.stash.server import GraphQLFailed
from tests.torture.hooks import run_hook, some_moment
from tests.torture.stage import OURS, PersonsValue, Stage, Star, State, Subject

STASH_GONE = (OSError, http.client.HTTPException, GraphQLFailed)
_UPDATE = "mutation($i:SceneUpdateInput!){sceneUpdate(input:$i){id}}"
_BULK = "mutation($i:BulkSceneUpdateInput!){bulkSceneUpdate(input:$i){id}}"


def edit_one(stage: Stage, choose: Random) -> float:
    """Save a scene, mostly through a hook of our own; sometimes one that is killed."""
    subject = choose.choice(stage.subjects)
    with stage.holding([subject]):
        state = stage.new_state(subject, choose)
        if choose.random() < 0.15:
            _save_in_stash(stage, subject, state, choose)
        else:
            save(stage, subject, state, kill_after=some_moment(choose, share=0.3))
    return choose.uniform(0.0, 0.08)


def edit_many(stage: Stage, choose: Random) -> float:
    """A burst: one bulk edit in Stash, or many saves at once."""
    some = choose.sample(stage.subjects, min(len(stage.subjects), choose.randrange(5, 40)))
    with stage.holding(some):
        if choose.random() < 0.4:
            _bulk_edit_in_stash(stage, some, choose)
        else:
            for subject in some:
                save(stage, subject, stage.new_state(subject, choose), kill_after=None)
    stage.count("bursts")
    return choose.uniform(1.0, 5.0)


def rename_somebody(stage: Stage, choose: Random) -> float:
    """A performer's new name has to reach every scene that shows it."""
    rename(stage, choose.choice(stage.stars), kill_after=some_moment(choose, share=0.2))
    return choose.uniform(0.5, 4.0)


def rename(stage: Stage, star: Star, *, kill_after: float | None) -> None:
    """Give a performer the next name, and run the hook for it."""
    with star.lock:
        star.is_promised = False
        star.renamed += 1
        performer = stage.world.stash.store.performer(star.id)
        performer.name = f"{OURS}star-{star.id}-v{star.renamed}"
        star.is_promised = run_hook(stage, "Performer.Update.Post", star.id, kill_after=kill_after)
    stage.count("performers renamed")


def save(stage: Stage, subject: Subject, state: State, *, kill_after: float | None) -> None:
    """Change a scene and run its hook; the caller holds the scene's lock."""
    subject.is_promised = False
    stage.put(subject, state)
    subject.is_promised = run_hook(stage, "Scene.Update.Post", subject.scene, kill_after=kill_after)


def save_as_it_is(stage: Stage, subject: Subject) -> None:
    """Save without changing anything, which promises what an earlier killed hook did not."""
    subject.is_promised = run_hook(stage, "Scene.Update.Post", subject.scene)


def add_a_genre_in_plex(stage: Stage, choose: Random) -> float:
    """A person opens an item in Plex and adds a genre to those that it shows."""
    key = choose.choice(stage.subjects).key
    store = stage.world.plex.store
    value = f"theirs-{len(stage.persons)}"
    begun = time.time()
    with store.lock:
        shown = [tag.tag for tag in store.item(key).tags.get("genre", [])]
        store.person_edits(key, "genre", [*shown, value])
    added = PersonsValue(key=key, value=value, begun=begun, done=time.time())
    stage.persons.append(added)
    stage.count("genres added in Plex")
    return choose.uniform(0.05, 0.6)


def _save_in_stash(stage: Stage, subject: Subject, state: State, choose: Random) -> None:
    """Save on Stash's own page; a browser that leaves early takes the hook with it."""
    leaves = choose.uniform(0.005, 0.05) if choose.random() < 0.3 else None
    told = {
        "id": str(subject.scene),
        "title": state.title,
        "tag_ids": [str(one) for one in state.tags],
        "performer_ids": [str(one) for one in state.performers],
    }
    subject.earlier = stage.state_of(subject)
    _ask_stash(stage, [subject], _UPDATE, told, leaves)


def _bulk_edit_in_stash(stage: Stage, subjects: list[Subject], choose: Random) -> None:
    change = {"ids": [str(choose.choice(stage.tags))], "mode": choose.choice(("ADD", "REMOVE"))}
    told = {"ids": [str(one.scene) for one in subjects], "tag_ids": change}
    for one in subjects:
        one.earlier = stage.state_of(one)
    _ask_stash(stage, subjects, _BULK, told, None)


def _ask_stash(
    stage: Stage, subjects: Iterable[Subject], query: str, told: object, leaves: float | None
) -> None:
    before = {one: one.is_promised for one in subjects}
    for one in before:
        one.is_promised = False
    try:
        answer = stage.world.stash.graphql(query, {"i": told}, leave_after_seconds=leaves)
    except ConnectionRefusedError:  # Stash is off: nothing was saved
        for one, was_promised in before.items():
            one.is_promised = was_promised
        return
    except STASH_GONE:
        answer = {}
    for one in before:
        one.is_promised = bool(answer)
    stage.count("saves in Stash" if answer else "saves in Stash cut off")
