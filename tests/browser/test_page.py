"""The page in every state that the plugin may be in."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import expect

from demo.stash.server import StashServer
from tests.browser.answers import candidate, event, light, run, status, trouble
from tests.browser.stage import Stage

PAGE = "/plugins/plexsync"
SCRIPT = "<img src=x onerror=\"document.title='broken in'\">"

AWAY = status(
    light=light("waiting", "Waiting for Plex: it does not answer.", since=time.time() - 600),
    pause={
        "code": "plex_away",
        "message": "Plex does not answer at http://127.0.0.1:32400",
        "since": time.time() - 600,
        "next_probe": time.time() + 25,
    },
    counts={"in_step": 1180, "waiting": 24},
    moves=False,
)
REFUSED = status(
    light=light("needs_you", "Plex refuses the token.", since=time.time() - 3600),
    troubles=[
        trouble(
            "token_refused",
            0,
            "Plex refuses the token.",
            remedy="Sign in again, or paste a new token.",
            action="token",
        )
    ],
    counts={"in_step": 1180, "waiting": 24},
)
HUGE = status(
    light=light("working", "61,250 of 100,000 scenes are compared."),
    runs=[run("sync_all", 61250, 100000)],
    speed=38.4,
    seconds_left=1010,
    counts={
        "in_step": 58900,
        "waiting": 38750,
        "retrying": 12,
        "failed": 31,
        "not_in_plex": 2265,
        "ambiguous": 42,
        "ignored": 7,
        "next_retry": time.time() + 95,
        "filtered": 310,
    },
    troubles=[
        trouble(
            "no_library",
            2112,
            "2,112 scenes: the folder /data/new is in no library of Plex.",
            remedy="Say which folder of Plex it is, or add it to a library.",
            about="/data/new",
            action="mapping",
        ),
        trouble(
            "ambiguous",
            42,
            "42 scenes match several items.",
            remedy="Choose the right one, or merge them in Plex.",
            action="choose",
        ),
        trouble(
            "plex_500",
            31,
            "31 scenes: Plex answered with an error of its own.",
            remedy="Plex may be busy or its database damaged; try again later.",
            action="retry",
        ),
    ],
    events=[
        event(1000 + n, "changed", f"Title and {n} tags were written", ago=3 * n) for n in range(50)
    ],
    moves=True,
)
PAUSED = status(
    light=light("waiting", "Paused: 24 changes wait until you go on.", since=time.time() - 60),
    held="person",
    counts={"waiting": 24},
)
EMPTY = status(
    light=light("in_step", "Nothing to do: Stash has no scenes yet."),
    counts={"in_step": 0},
    events=[],
)
OFF = status(light=light("off", "The worker is not running; the next edit starts it."))


def hide(stage: Stage, is_hidden: bool) -> None:
    """As when a person looks at another tab, and comes back."""
    stage.page.evaluate(
        "is => {Object.defineProperty(document, 'hidden', {value: is, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))}",
        is_hidden,
    )


@pytest.mark.parametrize(
    ("name", "told", "shown"),
    [
        ("in step", status(), "Plex shows all 1,204 scenes as Stash does."),
        ("plex away", AWAY, "Next look at Plex"),
        ("token refused", REFUSED, "Sign in again, or paste a new token."),
        ("hundred thousand", HUGE, "about 17 minutes left"),
        ("paused", PAUSED, "Nothing is written to Plex until you go on."),
        ("empty", EMPTY, "Nothing happened yet."),
        ("off", OFF, "The worker is not running"),
    ],
)
def test_each_state_is_said_in_words(
    stage: Stage, name: str, told: dict[str, Any], shown: str
) -> None:
    stage.answer("status", told)
    stage.open(PAGE)

    stage.see(shown)
    sentence = stage.page.locator(".plexsync-sentence")
    expect(sentence).to_have_text(str(told["light"]["sentence"]))
    expect(sentence).to_have_role("status")
    counts = stage.page.locator("[data-count]")
    assert counts.count() == 7
    events = stage.page.locator(".plexsync-events > li")
    expect(events).to_have_count(min(10, len(told["events"])))
    stage.picture(name.replace(" ", "-"))
    if len(told["events"]) > 10:
        stage.button(f"Show all {len(told['events'])}").click()
        expect(events).to_have_count(len(told["events"]))


def test_a_person_sees_the_state_and_syncs_all(stage: Stage) -> None:
    stage.answer("status", status())
    stage.answer("start", {"id": "sync_all-1"})
    stage.open(PAGE)
    expect(stage.page.locator("[data-count=in_step]")).to_have_text("1,204")

    working = status(
        light=light("working", "312 of 1,204 scenes are compared."),
        runs=[run("sync_all", 312, 1204)],
        speed=41.0,
        seconds_left=22,
        moves=True,
    )
    stage.answer("status", working)
    stage.button("Sync all").click()

    stage.see("312 of 1,204 scenes · 41 scenes a second · about 22 seconds left")
    assert stage.calls("start") == [{"mode": "start", "what": "sync_all"}]
    bar = stage.page.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuenow", "312")


def test_a_visit_wakes_the_worker_once(stage: Stage) -> None:
    stage.answer("status", OFF)
    stage.open(PAGE)
    stage.see("The worker is not running")
    stage.page.get_by_role("tab", name="Set-up").click()
    stage.page.get_by_role("tab", name="State").click()
    stage.see("The worker is not running")

    assert len(stage.calls("wake")) == 1


def test_a_run_is_stopped_by_its_button(stage: Stage) -> None:
    stage.answer("status", HUGE)
    stage.answer("stop", lambda args: {"stopped": args["id"]})
    stage.open(PAGE)

    stage.button("Stop").click()

    stage.see("Stopped; what it did stays.")
    assert stage.calls("stop") == [{"mode": "stop", "id": "sync_all-1"}]


def test_writing_is_paused_and_goes_on(stage: Stage) -> None:
    stage.answer("status", status())
    stage.answer("hold", {"held": True})
    stage.answer("go_on", {"held": False})
    stage.open(PAGE)

    stage.button("Pause").click()
    stage.see("Nothing is written to Plex until you go on.")
    stage.answer("status", PAUSED)
    stage.open(PAGE)
    stage.button("Go on").click()

    stage.see("Changes are written to Plex again.")
    assert len(stage.calls("hold")) == len(stage.calls("go_on")) == 1


def test_letting_plex_scan_says_that_a_setting_is_switched_on(
    stage: Stage, stash: StashServer
) -> None:
    missing = trouble("not_scanned", 3, "3 scenes: Plex has not scanned /data.", action="scan")
    stage.answer("status", status(troubles=[missing]))
    stage.open(PAGE)
    stage.see("3 scenes: Plex has not scanned /data.")
    before = len(stage.calls("wake"))
    stage.button("Let Plex scan, now and always").click()

    stage.see("The setting “Scan for missing files” is on from now on")
    assert stash.store.plugin_settings["PlexSync"]["scanMissing"] is True
    assert len(stage.calls("wake")) > before


@pytest.mark.parametrize(
    ("item", "what"),
    [("Retry failed scenes", "retry_failed"), ("Clear caches", "clear_caches")],
)
def test_the_keyboard_reaches_what_is_behind_more(stage: Stage, item: str, what: str) -> None:
    stage.answer("status", status())
    stage.answer("start", {"id": "1"})
    stage.open(PAGE)

    stage.button("More").focus()
    stage.page.keyboard.press("Enter")
    stage.page.keyboard.press("ArrowDown")
    if what == "clear_caches":
        stage.page.keyboard.press("ArrowDown")
        stage.page.keyboard.press("ArrowDown")
    expect(stage.button(item)).to_be_focused()
    stage.page.keyboard.press("Enter")

    stage.page.locator(".plexsync-note").wait_for()
    assert stage.calls("start") == [{"mode": "start", "what": what}]


def test_undoing_the_last_run_is_asked_first(stage: Stage) -> None:
    stage.answer("status", status())
    stage.answer("undo", {"id": "undo-1"})
    stage.open(PAGE)

    stage.button("More").click()
    stage.button("Undo the last run …").click()
    expect(stage.button("Cancel")).to_be_focused()
    assert not stage.calls("undo")
    stage.button("Undo the last run").click()

    stage.see("Plex gets back what it showed before the last run.")
    assert stage.calls("undo") == [{"mode": "undo", "of": "last"}]


def test_a_preview_of_all_counts_what_a_sync_would_do(stage: Stage) -> None:
    stage.answer("status", status())
    stage.answer("preview", {"id": "preview-1"})
    rounds = iter(range(9))

    def result(_args: dict[str, Any]) -> dict[str, Any]:
        if next(rounds) == 0:
            return {"done": False, "run": run("preview", 400, 1204), "pause": None, "result": None}
        told = {
            "mode": "preview",
            "total": 1204,
            "counts": {"changed": 61, "unchanged": 1143},
            "fields": {"title": 60, "genre": 12},
            "reasons": {},
            "scenes": [],
        }
        return {"done": True, "run": None, "pause": None, "result": told}

    stage.answer("result", result)
    stage.open(PAGE)

    stage.button("Preview all").click()

    stage.see("400 of 1,204 scenes")
    stage.see("What a sync would do, of 1,204 scenes")
    panel = stage.page.get_by_role("region", name="Preview")
    expect(panel.get_by_role("listitem")).to_have_text(
        ["1,143 show it already", "61 would be changed", "60 Title", "12 Genres"]
    )
    stage.picture("preview-all")


def test_the_support_bundle_is_shown_before_it_is_copied(stage: Stage) -> None:
    stage.answer("status", status())
    stage.answer(
        "support", lambda args: {"text": "path-1 is away" if args["mask"] else "/data/x is away"}
    )
    stage.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    stage.open(PAGE)

    stage.button("More").click()
    stage.button("Copy support bundle …").click()
    bundle = stage.page.get_by_label("The bundle's text")
    expect(bundle).to_have_value("path-1 is away")
    stage.page.get_by_text("Replace paths, titles and names by marks").click()
    expect(bundle).to_have_value("/data/x is away")
    stage.button("Copy").click()

    stage.see("Copied.")
    assert stage.page.evaluate("navigator.clipboard.readText()") == "/data/x is away"


def test_a_folder_without_a_library_leads_to_its_mapping(stage: Stage) -> None:
    stage.answer("status", {**HUGE, "setup": {"is_open": True, "is_done": True, "step": "plex"}})
    for mode in ("setup", "detect_paths", "settings"):
        stage.answer(mode, {"id": mode, "settings": []})
    nothing = {"pairs": [], "coverage": 0, "sampled": 0, "is_sure": False, "sentences": []}
    stage.answer("result", {"done": True, "run": None, "pause": None, "result": nothing})
    stage.open(PAGE)

    stage.button("Add mapping").click()

    expect(stage.page.get_by_role("heading", name="Paths")).to_be_visible()
    expect(stage.page.get_by_label("Mapping", exact=True)).to_have_value("/data/new => ")


def test_a_scene_of_several_items_gets_the_chosen_one(stage: Stage) -> None:
    stage.answer("status", HUGE)
    found = {
        "scene_id": 7,
        "message": "two items",
        "changed": 0.0,
        "paths": ["/data/stash/a.mp4"],
        "candidates": [
            candidate(11, "The first", "/media/plex/a.mp4"),
            candidate(12, "The second", "/media/other/a.mp4"),
        ],
    }
    stage.answer("troubles", {"total": 42, "page": 1, "scenes": [found]})
    stage.answer("choose", {"accepted": 1})
    stage.open(PAGE)

    stage.button("Choose").click()
    stage.button("Choose The second in Videos").click()

    expect(stage.page.locator(".plexsync-troubled .plexsync-note")).to_have_text("Chosen")
    assert stage.calls("choose") == [{"mode": "choose", "id": 7, "rating_key": 12}]
    stage.picture("candidates")


def test_troubled_scenes_come_in_pages(stage: Stage) -> None:
    def page(args: dict[str, Any]) -> dict[str, Any]:
        first = 50 * (args["page"] - 1)
        scenes = [
            {"scene_id": one, "message": "no library", "changed": 0, "paths": [], "candidates": []}
            for one in range(first, min(first + 50, 2112))
        ]
        return {"total": 2112, "page": args["page"], "scenes": scenes}

    stage.answer("status", HUGE)
    stage.answer("troubles", page)
    stage.open(PAGE)

    row = stage.page.locator("[data-code=no_library]")
    row.get_by_role("button", name="Show scenes").click()
    stage.see("Page 1 of 43")
    row.get_by_role("button", name="Older").click()

    stage.see("Page 2 of 43")
    expect(row.get_by_role("link").first).to_have_attribute("href", "/scenes/50")
    assert stage.calls("troubles")[-1]["about"] == "/data/new"


def test_what_a_server_says_is_shown_as_text(stage: Stage) -> None:
    stage.answer(
        "status",
        status(
            light=light("needs_you", SCRIPT),
            troubles=[trouble("no_item", 1, SCRIPT, remedy=SCRIPT)],
            events=[event(1, "changed", SCRIPT, ago=1)],
        ),
    )
    stage.open(PAGE)

    expect(stage.page.get_by_text(SCRIPT)).to_have_count(4)
    assert stage.page.title() == "Stash"


def test_an_operation_that_fails_says_why_and_breaks_nothing(stage: Stage) -> None:
    def refuse(_args: dict[str, Any]) -> None:
        raise OSError("the command could not be kept: the disk is full")

    stage.answer("status", status())
    stage.answer("start", refuse)
    stage.open(PAGE)

    stage.button("Sync all").click()
    stage.see("the command could not be kept: the disk is full")
    stage.answer("status", refuse)
    stage.button("Pause").click()

    stage.see("PlexSync did not answer")
    expect(stage.page.locator(".plexsync-sentence")).to_be_visible()
    expect(stage.button("Sync all")).to_be_enabled()


def test_an_answer_of_another_shape_leaves_the_rest_of_the_page(stage: Stage) -> None:
    """Such as that of an older worker."""
    stage.answer("status", status(troubles=[None]))
    stage.open(PAGE)

    stage.see("This part of the page could not be shown")
    expect(stage.button("Sync all")).to_be_visible()
    expect(stage.page.get_by_role("heading", name="Last events")).to_be_visible()
    stage.problems.clear()  # React itself reports what the page caught


def passes(stage: Stage, ms: int, mode: str) -> int:
    """Let time pass on the page; how often it asked meanwhile."""
    stage.page.evaluate("1")  # what it asked before has arrived here by now
    before = len(stage.calls(mode))
    stage.page.clock.run_for(ms)
    stage.page.evaluate("fetch('/host.css').then(() => 1)")  # and so has what it asked since
    return len(stage.calls(mode)) - before


def stop_clock(stage: Stage) -> None:
    """On the page no time passes but by `passes`: a busy machine would add to it."""
    now = time.time()
    stage.page.clock.install(time=now)
    stage.page.clock.pause_at(now + 1)


def test_the_page_asks_often_only_while_something_moves_and_it_is_seen(stage: Stage) -> None:
    stop_clock(stage)
    stage.answer("status", HUGE)
    stage.open(PAGE)
    stage.see("about 17 minutes left")
    assert passes(stage, 2100, "status") == 1

    stage.answer("status", status())
    passes(stage, 2100, "status")
    stage.see("Plex shows all 1,204 scenes")
    assert passes(stage, 14000, "status") == 0
    assert passes(stage, 1500, "status") == 1

    hide(stage, True)
    assert passes(stage, 60000, "status") == 0
    hide(stage, False)
    assert passes(stage, 100, "status") <= 1
    stage.see("Plex shows all 1,204 scenes")


def test_an_answer_is_not_asked_for_while_nobody_looks(stage: Stage) -> None:
    stop_clock(stage)
    stage.answer("status", status())
    stage.answer("preview", {"id": "preview-1"})
    going = {"done": False, "run": run("preview", 400, 1204), "pause": None, "result": None}
    stage.answer("result", going)
    stage.open(PAGE)
    stage.button("Preview all").click()
    stage.see("400 of 1,204 scenes")
    hide(stage, True)
    passes(stage, 3000, "result")
    assert passes(stage, 30000, "result") == 0

    with stage.page.expect_request(lambda one: '"result"' in (one.post_data or "")):
        hide(stage, False)
