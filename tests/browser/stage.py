"""One browser tab before the stand-in of Stash: what a person does there, and what went wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Route

from tests.browser.chromium import PICTURES

Answer = Callable[[dict[str, Any]], object]
WIDTHS = (1280, 390)
DEADLINE_MS = 30_000  # reached by failures alone, however busy the machine


class Stage:
    """A tab, and operations of the plugin that are answered by the test instead of a process.

    Attributes:
        asked: The arguments of every operation, answered by whomever.
        problems: Errors of the console and exceptions of the page; none may be left.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.asked: list[dict[str, Any]] = []
        self.problems: list[str] = []
        self._answers: dict[str, Answer] = {}
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", self._on_request)

    def answer(self, mode: str, answer: object) -> None:
        """Answer an operation in the plugin's place: a value, or what makes one of its arguments.

        An exception's text becomes the error that Stash shows.
        """
        if not self._answers:
            # Not before: what is routed waits while the test itself waits for a server.
            self.page.route("**/graphql", self._on_graphql)
        self._answers[mode] = answer if callable(answer) else lambda _args: answer

    def open(self, path: str) -> None:
        """Go to a path of Stash."""
        self.page.goto(self.address + path)

    def button(self, name: str) -> Locator:
        """The button that is called so, exactly."""
        return self.page.get_by_role("button", name=name, exact=True)

    def see(self, text: str) -> None:
        """Wait until a text is shown."""
        self.page.get_by_text(text).first.wait_for()

    def calls(self, mode: str) -> list[dict[str, Any]]:
        """What was asked of one operation."""
        return [one for one in self.asked if one.get("mode") == mode]

    def picture(self, name: str) -> None:
        """Keep what a person sees, wide and narrow; neither may have to be scrolled sideways."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            self.page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
            assert wide <= width, f"{name} is {wide} pixels wide in a window of {width}"
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(message.text)

    def _on_request(self, request: Request) -> None:
        args = _operation(request)
        if args is not None:
            self.asked.append(args)

    def _on_graphql(self, route: Route) -> None:
        args = _operation(route.request) or {}
        made = self._answers.get(str(args.get("mode")))
        if made is None:
            route.continue_()
            return
        try:
            body: dict[str, object] = {"data": {"runPluginOperation": made(args)}}
        except Exception as error:  # noqa: BLE001 - whatever a test raises is what the page gets
            body = {"errors": [{"message": str(error)}], "data": None}
        route.fulfill(json=body)


def _operation(request: Request) -> dict[str, Any] | None:
    """The arguments of the plugin's operation that a request is; None for any other."""
    if not request.url.endswith("/graphql"):
        return None
    sent = json.loads(request.post_data or "{}")
    args: dict[str, Any] | None = sent.get("variables", {}).get("args")
    return args if "runPluginOperation" in sent.get("query", "") else None
