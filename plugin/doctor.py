"""Checks an installation from one end to the other, and says for each trouble what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stash.call import Command

Answer = Mapping[str, Any]


class Doctor:
    """One examination.

    Args:
        ask: Sends a command and waits for its result.
        status: Reads the status.
        say: Writes one line.
    """

    def __init__(
        self,
        ask: Callable[[Command], Answer],
        status: Callable[[], Answer],
        say: Callable[[str], None],
    ) -> None:
        self._ask = ask
        self._status = status
        self._say = say
        self._is_well = True

    def examine(self) -> int:
        """Say what is well and what is not; 0 when nothing has to be done."""
        if self._connection():
            self._libraries()
            self._paths()
        self._rest()
        self._say("Nothing has to be done" if self._is_well else "See the lines with !! above")
        return 0 if self._is_well else 1

    def _connection(self) -> bool:
        answer = self._result(Command(mode="test_plex"))
        if not answer.get("ok"):
            self._bad(str(answer.get("error")), str(answer.get("remedy", "")))
            return False
        self._good(f"Plex {answer['version']} answers at {answer['url']}")
        said = answer["token"]
        if said == "missing":
            self._bad("there is no token", "sign in on PlexSync's page, or fill in plexToken")
        elif said != "good":
            self._bad(str(answer["error"]), str(answer["remedy"]))
        else:
            self._good(f"the server {answer['name'] or answer['machine']} takes the token")
        return bool(said == "good")

    def _libraries(self) -> None:
        answer = self._result(Command(mode="libraries"))
        listed = answer.get("libraries", [])
        for one in listed:
            if one["chosen"]:
                self._good(f"library {one['title']}: {one['items']} items, {one['type']}")
                if one["advice"]:
                    self._say(f"       {one['advice']}")
        if not any(one["chosen"] for one in listed):
            self._bad("no library of Plex is chosen", "name some in the setting plexLibraries")

    def _paths(self) -> None:
        answer = self._result(Command(mode="detect_paths"))
        if "sampled" not in answer:
            self._bad(str(answer.get("error", "paths could not be compared")), "try again later")
            return
        self._good(
            f"paths: of {answer['sampled']} files of Stash that were compared, Plex has "
            f"{answer['matched']}"
        )
        for sentence in answer["sentences"]:
            self._say(f"       {sentence}")

    def _rest(self) -> None:
        status = self._status()
        for trouble in status["troubles"]:
            self._bad(trouble["sentence"], trouble["remedy"])
        if status["held"]:
            self._bad("nothing is written to Plex", "go on, or finish the set-up, on the page")

    def _result(self, command: Command) -> Answer:
        answer = self._ask(command)
        found = answer["result"]
        if isinstance(found, dict):
            return found
        pause = answer["pause"]
        return {"error": pause["message"] if pause else "the worker gives no answer"}

    def _good(self, text: str) -> None:
        self._say(f"ok     {text}")

    def _bad(self, text: str, remedy: str) -> None:
        self._is_well = False
        self._say(f"!!     {text}" + (f": {remedy}" if remedy else ""))
