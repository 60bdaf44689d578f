"""The two stand-ins with the plugin between them, and what a person or a test looks at."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any

from demo.plexserver.server import PlexServer
from demo.plugin_folder import copy_plugin
from demo.stash.edits import edit_scene
from demo.stash.server import Credentials, StashServer
from mirror.ledger import Ledger, SceneState
from plugin.status import read_status, worker_lives
from sync_queue.inbox import keep
from tests.bytecode import add_bytecode
from tests.plugin_process import call_document
from tests.systems import need_plugin_processes
from tests.waiting import wait_for
from tests.worker_end import end_worker
from worker.state import read_state

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(200))
SETTLED = ("waiting", "due", "out")


class World:
    """Starts everything, and leaves no process behind.

    Args:
        folder: Where everything lives.
        credentials: Whether Stash asks for a login.
        plugin: An unpacked release; None installs the checkout's files.
        python: What Stash starts plugins with; None is the running interpreter.
    """

    def __init__(
        self,
        folder: Path,
        *,
        credentials: bool = False,
        plugin: Path | None = None,
        python: str | None = None,
    ) -> None:
        need_plugin_processes()
        self.release = plugin
        self.folder = folder
        self.config = folder / "stash config"
        login = Credentials(username="me", password="secret", api_key="") if credentials else None
        self.stash = StashServer(self.config, credentials=login, python=python)
        self.stash.store.stash_paths = ("/data/stash",)
        self.plex = PlexServer()
        self.movies = self.plex.store.add_section("Videos", locations=("/media/plex",))

    def __enter__(self) -> World:
        self.stash.start()
        self.plex.start()
        self.stash.install_plugin(self.release or self._copy())
        self.configure()
        return self

    def _copy(self) -> Path:
        """The checkout's files, where Stash looks for them."""
        place = copy_plugin(self.config / "plugins" / "PlexSync")
        add_bytecode(place)
        return place

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end_worker()
        self.stash.stop()
        self.plex.stop()

    @property
    def data(self) -> Path:
        """The plugin's data folder."""
        return self.config / "plugin-data" / "PlexSync"

    def data_folder(self) -> Path:
        """The data folder, made as the first use makes it."""
        (self.data / "inbox").mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.data

    def configure(self, **changes: object) -> None:
        """Store the settings as Stash's settings page does."""
        settings = {
            "plexUrl": self.plex.url,
            "plexToken": self.plex.token,
            "pathMappings": "/data/stash => /media/plex",
            **changes,
        }
        self.stash.graphql(
            'mutation($s:Map!){configurePlugin(plugin_id:"PlexSync",input:$s)}', {"s": settings}
        )

    def add(self, name: str = "scene.mp4", **facts: Any) -> tuple[int, int]:
        """A file that both servers know; its scene id and its rating key."""
        scene = self.stash.store.add_scene(f"/data/stash/{name}", **facts)
        key = self.plex.store.add_item(self.movies, [f"/media/plex/{name}"])
        return scene, key

    def save(self, scene: int, **changes: object) -> None:
        """What a person does on the scene's page."""
        self.stash.graphql(
            "mutation($i:SceneUpdateInput!){sceneUpdate(input:$i){id}}",
            {"i": {"id": str(scene), **changes}},
        )

    def edit_without_hook(self, scene: int, **changes: object) -> None:
        """A change that fires no hook, as many do."""
        edit_scene(self.stash.store, self.stash.store.scene(scene), changes)

    def shown(self, key: int, field: str) -> str:
        """What Plex shows in a field."""
        return str(self.plex.store.item(key).scalars.get(field, ""))

    def tags(self, key: int, field: str) -> list[str]:
        """What Plex shows in a list."""
        return [tag.tag for tag in self.plex.store.item(key).tags.get(field, [])]

    def operation(self, **args: object) -> Any:
        """What the page calls."""
        data = self.stash.graphql(
            'mutation($a:Map){runPluginOperation(plugin_id:"PlexSync",args:$a)}', {"a": args}
        )
        return data["runPluginOperation"]

    def status(self) -> dict[str, Any]:
        """What the operation `status` answers; read here, so that waiting starts no processes."""
        return read_status(self.data)

    def result(self, run: str) -> dict[str, Any]:
        """Wait for what was asked for under this id."""

        def told() -> dict[str, Any]:
            answer: dict[str, Any] = self.operation(mode="result", id=run)
            return answer if answer["done"] else {}

        return wait_for(told, what="the result")

    def start_task(self, name: str) -> str:
        """Press a task's button; the job's id."""
        data = self.stash.graphql(
            'mutation($n:String!){runPluginTask(plugin_id:"PlexSync",task_name:$n)}', {"n": name}
        )
        return str(data["runPluginTask"])

    def task(self, name: str) -> str:
        """Run a task to its end; the last line it wrote into Stash's log."""
        self.stash.wait_for_job(self.start_task(name), timeout_seconds=60)
        lines = [one.message for one in self.stash.log if one.level == "info"]
        return lines[-1]

    def settle(self) -> None:
        """Wait until everything that was saved was dealt with."""
        try:
            wait_for(self._is_settled, what="an empty queue")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.worker_log()[-3000:]}") from None

    def _is_settled(self) -> bool:
        status = self.status()
        queue = status["queue"]
        return not status["inbox"]["waiting"] and not any(queue[name] for name in SETTLED)

    def look(self) -> None:
        """What opening the page does, until the worker has asked both servers what changed."""
        self.operation(mode="wake")
        self.await_turn()  # it heard of it
        self.await_turn()  # it has done it

    def await_turn(self) -> None:
        """Wait until the worker begins another turn, and so has ended the one before.

        Each begins with what arrived; an event of a kind that it does not heed is the least that
        can arrive.
        """
        port = int(self.stash.url.rpartition(":")[2])
        context = {"id": 1, "type": "Image.Update.Post", "input": None}
        event = call_document(self.config, {"hookContext": context}, port=port)
        path = self.data / "inbox" / keep(str(self.data), event)
        wait_for(lambda: not path.exists(), what="the worker's next turn")

    def forget_requests(self) -> None:
        """Count from here on, once the worker has ended all that it does by itself."""
        self.settle()
        self.await_turn()  # a run ends with a read of its own, in the turn after its last scene
        self.await_turn()
        self.plex.requests.clear()
        self.stash.requests.clear()

    def outcome_of(self, scene: int) -> dict[str, Any]:
        """The last outcome of a scene, as far as it is shown yet."""
        outcomes: list[dict[str, Any]] = self.status()["outcomes"]
        mine = [one for one in outcomes if one["scene_id"] == scene]
        return mine[-1] if mine else {"kind": "", "text": ""}

    def wait_for_outcome(self, scene: int, kind: str) -> str:
        """Wait until the last sync of a scene ended so; its text."""

        def texts() -> list[str]:
            outcome = self.outcome_of(scene)
            return [str(outcome["text"])] if outcome["kind"] == kind else []

        return wait_for(texts, what=f"the outcome {kind}")[0]

    def ledger_state(self, scene: int) -> SceneState:
        """What the ledger says of a scene; read beside the worker."""
        with closing(Ledger(self.data / "ledger.db")) as ledger:
            state = ledger.scene(scene)
        assert state is not None
        return state

    def last_run(self) -> dict[str, Any]:
        """The newest run, as far as it is shown yet."""
        runs: list[dict[str, Any]] = self.status()["runs"]
        return runs[-1] if runs else {"cancelled": False, "counts": {}}

    def pause(self) -> dict[str, Any] | None:
        """Why the worker waits, if it does."""
        pause: dict[str, Any] | None = self.status()["pause"]
        return pause

    def wait_for_pause(self, code: str) -> str:
        """Wait until the worker says that it waits for this; its message."""

        def message() -> str:
            pause = self.pause()
            return str(pause["message"]) if pause and pause["code"] == code else ""

        return wait_for(message, what=f"the pause {code}")

    def worker_pid(self) -> int:
        """The process of the worker that lives."""
        wait_for(lambda: worker_lives(self.data), what="a worker")

        def pid() -> int:
            state = read_state(self.data)
            return state.pid if state else 0

        return wait_for(pid, what="a worker's state")

    def worker_log(self) -> str:
        """What the worker wrote into its log."""
        log = self.data / "worker.log"
        return log.read_text() if log.exists() else ""

    def end_worker(self) -> None:
        """Ask the worker to end, and see that it did."""
        end_worker(self.data)
