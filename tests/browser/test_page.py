"""The page in every state that the plugin may be in."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.answers import light, run, status
from tests.browser.stage import Stage

PAGE = "/plugins/plexsync"


def test_a_person_sees_the_state_and_syncs_all(stage: Stage) -> None:
    stage.answer("status", status())
    stage.answer("start", {"id": "sync_all-1"})
    stage.open(PAGE)
    stage.see("Plex shows all 1,204 scenes as Stash does.")
    expect(stage.page.locator("[data-count=in_step]")).to_have_text("1,204")

    working = light("working", "312 of 1,204 scenes are compared.")
    stage.answer(
        "status",
        status(
            light=working,
            runs=[run("sync_all", 312, 1204)],
            speed=41.0,
            seconds_left=22,
            moves=True,
        ),
    )
    stage.button("Sync all").click()

    stage.see("312 of 1,204 scenes · 41 scenes a second · about 22 seconds left")
    assert stage.calls("start") == [{"mode": "start", "what": "sync_all"}]
    bar = stage.page.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuenow", "312")
    stage.picture("working")
