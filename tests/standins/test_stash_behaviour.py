"""Who waits for whom, who is killed, what is lost: the stand-in as STASH.md describes Stash."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from demo.stash.manifest import ManifestError
from demo.stash.server import Credentials, GraphQLFailed, StashServer
from tests.standins.stash_recorder import Recorder, until

OPERATION = 'mutation($args:Map){runPluginOperation(plugin_id:"Recorder",args:$args)}'
TASK = 'mutation($map:Map){runPluginTask(plugin_id:"Recorder",task_name:"Sync all",args_map:$map)}'
BULK = "mutation{bulkSceneUpdate(input:{ids:[1,2,3],organized:true}){id}}"
SAVE = 'mutation{sceneUpdate(input:{id:1,title:"new"}){id}}'

# Holds on to the standard streams that it inherits until the file `grandchild` is removed.
GRANDCHILD = """\
import subprocess
flag = os.path.join(here, "grandchild")
open(flag, "w").close()
code = "import os,sys,time\\nwhile os.path.exists(sys.argv[1]): time.sleep(0.005)"
streams = dict(stdin=-3, stdout=-3, stderr=-3, start_new_session=True) if %r else {}
subprocess.Popen([sys.executable, "-c", code, flag], **streams)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StashServer]:
    with StashServer(tmp_path) as running:
        for number in range(1, 4):
            running.store.add_scene(f"/media/stash/{number}.mp4")
        yield running


@pytest.fixture
def recorder(server: StashServer) -> Recorder:
    return Recorder(server)


class InBackground:
    """A call that another thread waits for."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.answer: object = None
        self._call = call
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.answer = self._call()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def join(self) -> object:
        self._thread.join(30)
        assert self.is_over
        return self.answer


def start_task(server: StashServer, arguments: dict[str, object] | None = None) -> str:
    return str(server.graphql(TASK, {"map": arguments or {}})["runPluginTask"])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def ask(server: StashServer, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
    """A request as a worker sends it, without the browser's privileges."""
    connection = http.client.HTTPConnection("127.0.0.1", server.core.port, timeout=30)
    try:
        body = json.dumps({"query": "{version{version}}"})
        connection.request("POST", "/graphql", body, headers or {})
        response = connection.getresponse()
        response.read()
        return response
    finally:
        connection.close()


# Hooks


def test_hooks_of_a_bulk_edit_run_one_after_another_before_the_answer(
    server: StashServer, recorder: Recorder
) -> None:
    recorder.hold()
    edit = InBackground(lambda: server.graphql(BULK))

    until(lambda: len(recorder.calls()) == 1)
    assert not edit.is_over
    recorder.let_go()

    assert edit.join() == {"bulkSceneUpdate": [{"id": "1"}, {"id": "2"}, {"id": "3"}]}
    told = [json.loads(one)["args"]["hookContext"]["id"] for one in recorder.calls()]
    assert told == [1, 2, 3]
    assert len(set(recorder.pids())) == 3


def test_a_browser_that_leaves_kills_the_hook_and_loses_the_rest_but_no_edit(
    server: StashServer, recorder: Recorder
) -> None:
    recorder.hold()
    browser = http.client.HTTPConnection("127.0.0.1", server.core.port)
    browser.request("POST", "/graphql", json.dumps({"query": BULK}))
    until(lambda: len(recorder.pids()) == 1)
    [pid] = recorder.pids()

    browser.close()

    until(lambda: not is_alive(pid))
    recorder.let_go()
    server.graphql('mutation{tagCreate(input:{name:"a later hook"}){id}}')

    assert [one.organized for one in server.store.all_scenes()] == [True, True, True]
    assert len(recorder.calls()) == 2
    assert recorder.finished() == 1


def test_a_grandchild_that_inherits_stdout_blocks_the_save(
    server: StashServer, recorder: Recorder
) -> None:
    recorder.then(GRANDCHILD % False)
    save = InBackground(lambda: server.graphql(SAVE))

    until(lambda: recorder.finished() == 1)
    until(lambda: all(is_zombie_or_gone(one) for one in recorder.pids()))
    assert not save.is_over
    (recorder.folder / "grandchild").unlink()

    assert save.join() == {"sceneUpdate": {"id": "1"}}


def is_zombie_or_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def test_a_detached_grandchild_delays_nobody(server: StashServer, recorder: Recorder) -> None:
    recorder.then(GRANDCHILD % True)

    assert server.graphql(SAVE) == {"sceneUpdate": {"id": "1"}}

    assert (recorder.folder / "grandchild").exists()
    (recorder.folder / "grandchild").unlink()


def test_a_disabled_plugin_hears_nothing(server: StashServer, recorder: Recorder) -> None:
    server.graphql("mutation{setPluginsEnabled(enabledMap:{Recorder:false})}")

    server.graphql(SAVE)

    assert recorder.calls() == []
    assert server.graphql("{plugins{id enabled}}") == {
        "plugins": [{"id": "Recorder", "enabled": False}]
    }
    with pytest.raises(GraphQLFailed, match="plugin Recorder is disabled"):
        server.graphql(OPERATION)


def test_a_scan_tells_of_new_scenes_before_they_have_covers(
    server: StashServer, recorder: Recorder
) -> None:
    server.store.add_file_to_scan("/media/stash/4.mp4")
    recorder.hold()
    job = str(
        server.graphql("mutation{metadataScan(input:{scanGenerateCovers:true})}")["metadataScan"]
    )
    until(lambda: len(recorder.calls()) == 1)
    assert server.store.scene(4).cover is None
    recorder.let_go()

    assert server.wait_for_job(job).status == "FINISHED"
    assert server.store.scene(4).cover is not None


# What a plugin says


def test_one_stray_print_hides_the_error(server: StashServer, recorder: Recorder) -> None:
    recorder.then("print('oops')")
    answer = server.graphql(OPERATION, {"args": {"err": "it broke"}})["runPluginOperation"]
    assert str(answer).startswith("oops\n{")


def test_an_exit_code_without_a_reply_is_the_error(server: StashServer, recorder: Recorder) -> None:
    recorder.then("os._exit(3)")
    with pytest.raises(GraphQLFailed, match="exit status 3"):
        server.graphql(OPERATION)


def test_a_line_over_64_kib_ends_the_log_of_a_call(server: StashServer, recorder: Recorder) -> None:
    recorder.then(
        "sys.stderr.write('plain\\n' + 'x' * 70_000 + '\\n')\n"
        "try:\n"
        "    while True: say('i', 'later')\n"
        "except BrokenPipeError: sys.stderr = open(os.devnull, 'w')\n"
    )
    server.graphql(OPERATION)

    lines = [(line.level, line.message) for line in server.log]
    assert lines[:2] == [("info", "recorded"), ("error", "plain")]
    assert lines[-1] == ("error", "bufio.Scanner: token too long")


def test_megabytes_on_standard_input_arrive_whole(server: StashServer, recorder: Recorder) -> None:
    server.graphql(OPERATION, {"args": {"image": "x" * 3_000_000}})
    assert len(json.loads(recorder.calls()[0])["args"]["image"]) == 3_000_000


def test_a_null_cookie_can_be_handed_over(server: StashServer, recorder: Recorder) -> None:
    server.send_null_cookie = True
    server.graphql(OPERATION)
    assert json.loads(recorder.calls()[0])["server_connection"]["SessionCookie"] is None


# Tasks and operations


def test_a_task_shows_its_progress_and_ends_as_finished_whatever_it_says(
    server: StashServer, recorder: Recorder
) -> None:
    job = server.wait_for_job(start_task(server, {"progress": [0.25, 0.5, 1], "err": "it broke"}))

    assert (job.status, job.progress_history, job.progress_max) == ("FINISHED", [0.25, 0.5, 1], 1)
    assert job.description == "Running plugin task: Sync all"
    assert server.log[-1].level == "error"
    assert "it broke" in server.log[-1].message
    assert recorder.finished() == 1


def test_a_stopped_task_is_killed_and_cancelled(server: StashServer, recorder: Recorder) -> None:
    recorder.hold()
    job_id = start_task(server)
    until(lambda: len(recorder.pids()) == 1)

    server.graphql("mutation($id:ID!){stopJob(job_id:$id)}", {"id": job_id})

    assert server.wait_for_job(job_id).status == "CANCELLED"
    [pid] = recorder.pids()
    until(lambda: not is_alive(pid))
    assert recorder.finished() == 0


def test_tasks_wait_for_each_other_and_operations_for_nobody(
    server: StashServer, recorder: Recorder
) -> None:
    recorder.hold()
    first, second, third = (start_task(server) for _ in range(3))
    until(lambda: len(recorder.calls()) == 1)
    operation = InBackground(lambda: server.graphql(OPERATION))
    until(lambda: len(recorder.calls()) == 2)

    queue = server.graphql("{jobQueue{id status}}")["jobQueue"]
    assert queue == [
        {"id": first, "status": "RUNNING"},
        {"id": second, "status": "READY"},
        {"id": third, "status": "READY"},
    ]
    server.graphql("mutation($id:ID!){stopJob(job_id:$id)}", {"id": second})
    recorder.let_go()

    operation.join()
    statuses = [server.wait_for_job(one).status for one in (first, second, third)]
    assert statuses == ["FINISHED", "CANCELLED", "FINISHED"]
    assert len(recorder.calls()) == 3


def test_an_operation_dies_with_its_request(server: StashServer, recorder: Recorder) -> None:
    recorder.hold()
    assert server.graphql(OPERATION, leave_after_seconds=1) == {}
    until(lambda: len(recorder.pids()) == 1)
    [pid] = recorder.pids()
    until(lambda: not is_alive(pid))
    assert recorder.finished() == 0


# Sessions and faults


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[StashServer]:
    owner = Credentials(username="owner", password="secret", api_key="the-key")
    with StashServer(tmp_path / "guarded", credentials=owner) as running:
        yield running


def test_a_cookie_dies_and_its_renewals_live_on(guarded: StashServer) -> None:
    guarded.max_session_age = 3.0
    old = new = {"Cookie": f"session={guarded.core.sessions.issue()}"}

    def old_is_dead() -> bool:
        nonlocal new
        answer = ask(guarded, new)
        assert answer.status == 200
        new = {"Cookie": str(answer.headers["Set-Cookie"]).partition(";")[0]}
        return ask(guarded, old).status == 401

    until(old_is_dead)
    assert ask(guarded, new).status == 200


def test_of_two_session_cookies_the_first_counts(guarded: StashServer) -> None:
    good = f"session={guarded.core.sessions.issue()}"
    assert ask(guarded, {"Cookie": f"{good}; session=stale"}).status == 200
    assert ask(guarded, {"Cookie": f"session=stale; {good}"}).status == 401


def test_faults_reach_a_worker_and_spare_the_browser(server: StashServer) -> None:
    cookie = {"Cookie": f"session={server.core.sessions.issue()}"}
    server.faults.status = 502
    assert ask(server).status == 502
    server.faults.status = None
    server.faults.refuse_cookies = True
    assert ask(server, cookie).status == 401
    server.faults.refuse_cookies = False
    server.faults.down = True
    with pytest.raises(ConnectionError):
        ask(server)
    assert server.graphql("{version{version}}") == {"version": {"version": "v0.30.1"}}
    assert [one.status for one in server.requests] == [502, 401, None, 200]
    assert [one.auth for one in server.requests] == ["none", "cookie", "none", "cookie"]


def test_a_locked_database_is_told_in_a_good_answer(server: StashServer) -> None:
    server.faults.locked = True
    connection = http.client.HTTPConnection("127.0.0.1", server.core.port, timeout=30)
    try:
        connection.request("POST", "/graphql", json.dumps({"query": "{version{version}}"}))
        response = connection.getresponse()
        answer = json.loads(response.read())
    finally:
        connection.close()
    message = answer["errors"][0]["message"]
    assert response.status == 200
    assert message.startswith("error executing `SELECT")  # the statement, and its values
    assert message.endswith("]: database is locked")


# Data


def test_only_edits_of_the_scene_itself_move_its_updated_at(server: StashServer) -> None:
    store = server.store
    performer, tag = store.add_performer("Ada"), store.add_tag("Outdoor")
    for scene in store.all_scenes():
        scene.performer_ids, scene.tag_ids = (performer,), (tag,)
        scene.updated_at = "2020-01-01T00:00:00Z"

    server.graphql('mutation{performerUpdate(input:{id:1,name:"Ada B."}){id}}')
    server.graphql("mutation{tagDestroy(input:{id:1})}")
    server.graphql("mutation{sceneAddPlay(id:1){count}}")
    server.graphql(SAVE)
    server.graphql("mutation{sceneGenerateScreenshot(id:2)}")

    moved = [scene.id for scene in store.all_scenes() if not scene.updated_at.startswith("2020")]
    assert moved == [1, 2]
    assert store.scene(1).tag_ids == ()


def test_times_are_text_in_the_offset_of_the_server(server: StashServer) -> None:
    server.store.offset_minutes = 120
    server.graphql(SAVE)
    assert server.store.scene(1).updated_at.endswith("+02:00")


def test_settings_are_replaced_whole(server: StashServer) -> None:
    change = 'mutation($map:Map!){configurePlugin(plugin_id:"X",input:$map)}'
    server.graphql(change, {"map": {"a": 1, "b": "two"}})
    server.graphql(change, {"map": {"b": True}})
    settings = server.graphql('{configuration{plugins(include:["X"])}}')
    assert settings == {"configuration": {"plugins": {"X": {"b": True}}}}


def test_bulk_edits_add_remove_and_set(server: StashServer) -> None:
    tags = [server.store.add_tag(name) for name in "abc"]
    bulk = "mutation($tags:BulkUpdateIds){bulkSceneUpdate(input:{ids:[1],tag_ids:$tags}){id}}"
    seen = []
    for mode, ids in (("SET", tags[:2]), ("ADD", tags[1:]), ("REMOVE", tags[:1])):
        server.graphql(bulk, {"tags": {"mode": mode, "ids": ids}})
        seen.append(server.store.scene(1).tag_ids)
    assert seen == [(1, 2), (1, 2, 3), (2, 3)]


def test_filters_join_with_and_or_and_not(server: StashServer) -> None:
    server.store.scene(2).organized = True
    search = "query($f:SceneFilterType){findScenes(scene_filter:$f){scenes{id}}}"

    def found(wanted: dict[str, object]) -> object:
        return server.graphql(search, {"f": wanted})["findScenes"]

    first = {"path": {"value": "/media/stash/1.mp4", "modifier": "EQUALS"}}
    assert found({"organized": True, "OR": first}) == {"scenes": [{"id": "1"}, {"id": "2"}]}
    assert found({"organized": False, "NOT": first}) == {"scenes": [{"id": "3"}]}
    assert found({"organized": True, "AND": first}) == {"scenes": []}


def test_scenes_are_found_by_a_part_of_any_of_their_addresses(server: StashServer) -> None:
    search = "query($f:SceneFilterType){findScenes(scene_filter:$f){scenes{id}}}"
    server.store.scene(1).urls = ("https://example.org/a", "plex/library/metadata/12")
    server.store.scene(3).urls = ("https://example.org/b",)
    wanted = {"url": {"value": "Library/", "modifier": "INCLUDES"}}
    found = server.graphql(search, {"f": wanted})["findScenes"]
    assert found == {"scenes": [{"id": "1"}]}


def test_links_to_pictures_name_the_external_host(server: StashServer) -> None:
    server.external_host = "https://stash.example/sub"
    data = server.graphql("{findScene(id:1){paths{screenshot}}}")
    assert str(data).count("https://stash.example/sub/scene/1/screenshot?t=") == 1


def test_twenty_thousand_scenes_are_walked_in_pages(server: StashServer) -> None:
    for number in range(4, 20_001):
        server.store.add_scene(f"/media/stash/{number}.mp4")
    page = (
        'query($page:Int){findScenes(filter:{page:$page,per_page:5000,sort:"id",direction:ASC})'
        "{count scenes{id updated_at}}}"
    )
    seen = []
    for number in range(1, 6):
        found = server.graphql(page, {"page": number})["findScenes"]
        assert isinstance(found, dict)
        seen += [int(one["id"]) for one in found["scenes"]]
    assert seen == list(range(1, 20_001))


# Plugins and the server itself


@pytest.mark.parametrize(
    "text",
    [
        "name: X\ncolour: red\n",
        "name: X\nrequires: [Y]\n",  # belongs below `ui`
        "name: X\nhooks:\n  - name: h\n    hooks: [Scene.Update.Post]\n",
        "name: X\nsettings:\n  a:\n    type: LIST\n",
        "name: X\nname: Y\n",
        "name: X\n\texec: [python3]\n",
        "name: X: Y\n",
    ],
)
def test_a_manifest_that_stash_would_not_load_is_refused(server: StashServer, text: str) -> None:
    folder = server.folder / "plugins" / "X"
    folder.mkdir()
    (folder / "X.yml").write_text(text)
    with pytest.raises(ManifestError):
        server.install_plugin(folder, plugin_id="X")


def test_a_manifest_is_read_as_yaml(server: StashServer) -> None:
    folder = server.folder / "plugins" / "X"
    folder.mkdir()
    (folder / "X.yml").write_text(
        "# comment\nname: 'It''s X' # trailing\nversion: 1.0\n"
        "description: >-\n  one\n  two\nurl: https://example.test/#a\n"
        'tasks:\n- name: "a: b"\n  description: goes\n    on here\n'
        "  defaultArgs:\n    mode: sync\n"
        "hooks:\n  - name: h\n    triggeredBy:\n      - Scene.Update.Post\n      - Not.A.Hook\n"
        'ui:\n  requires: [A, "B, C"]\n'
    )
    server.install_plugin(folder, plugin_id="X")

    [plugin] = server.core.plugins.all()
    assert (plugin.name, plugin.version, plugin.description) == ("It's X", "1.0", "one two")
    assert (plugin.url, plugin.requires) == ("https://example.test/#a", ("A", "B, C"))
    assert (plugin.tasks[0].name, plugin.tasks[0].description) == ("a: b", "goes on here")
    assert plugin.tasks[0].default_args == {"mode": "sync"}
    assert plugin.hooks[0].triggered_by == ("Scene.Update.Post", "Not.A.Hook")


def test_a_restart_keeps_the_port_and_the_data(server: StashServer) -> None:
    server.graphql(SAVE)
    before = server.url
    server.stop()
    server.start()
    assert server.url == before
    assert server.graphql("{findScene(id:1){title}}") == {"findScene": {"title": "new"}}


def test_nothing_is_left_of_a_stopped_server(server: StashServer, recorder: Recorder) -> None:
    server.stop()
    others = set(threading.enumerate())  # such as those of a server that other tests share
    server.start()
    recorder.hold()
    start_task(server)
    until(lambda: len(recorder.pids()) == 1)
    assert len(set(threading.enumerate()) - others) > 2

    with ExitStack() as idle:  # the last ones are accepted while it stops
        for _ in range(50):
            idle.enter_context(socket.create_connection(("127.0.0.1", server.core.port)))
        server.stop()

    assert not is_alive(recorder.pids()[0])
    until(lambda: set(threading.enumerate()) <= others)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.core.port))


@pytest.mark.skipif(sys.platform == "win32", reason="ends it by a signal")
def test_the_stand_in_runs_by_itself(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demo.stash", "--folder", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        process.terminate()
    assert url.startswith("http://127.0.0.1:")
    assert process.returncode == 0
