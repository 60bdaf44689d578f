"""The stand-in answers and calls as a real Stash was recorded to do."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    build_client_schema,
    build_schema,
)

from demo.stash.api import SCHEMA_FILE
from demo.stash.server import Credentials, GraphQLFailed, StashServer
from tests.fixtures_folder import shared_fixtures
from tests.standins.stash_recorder import Recorder, until

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 "
ROOT = "/media/stash"


def recording(name: str) -> Any:
    return json.loads((shared_fixtures() / "stash" / name).read_text())


# The schema


@pytest.fixture(scope="module")
def schemas() -> tuple[GraphQLSchema, GraphQLSchema]:
    real = build_client_schema(recording("introspection.json")["data"])
    return build_schema(SCHEMA_FILE.read_text()), real


def test_every_type_field_and_argument_is_one_of_stash(
    schemas: tuple[GraphQLSchema, GraphQLSchema],
) -> None:
    ours, real = schemas
    wrong = []
    for name, own in ours.type_map.items():
        if name.startswith("__"):
            continue
        theirs = real.type_map.get(name)
        if type(theirs) is not type(own):
            wrong.append(name)
        elif isinstance(own, GraphQLObjectType) and isinstance(theirs, GraphQLObjectType):
            wrong += object_differences(own, theirs)
        elif isinstance(own, GraphQLInputObjectType) and isinstance(theirs, GraphQLInputObjectType):
            wrong += input_differences(own, theirs)
        elif isinstance(own, GraphQLEnumType) and isinstance(theirs, GraphQLEnumType):
            wrong += [] if set(own.values) == set(theirs.values) else [name]
    assert wrong == []


def object_differences(own: GraphQLObjectType, theirs: GraphQLObjectType) -> list[str]:
    wrong = []
    for name, field in own.fields.items():
        known = theirs.fields.get(name)
        if known is None or str(known.type) != str(field.type):
            wrong.append(f"{own.name}.{name}")
            continue
        described = {one: str(argument.type) for one, argument in field.args.items()}
        if described != {one: str(argument.type) for one, argument in known.args.items()}:
            wrong.append(f"{own.name}.{name}(...)")
    return wrong


def input_differences(own: GraphQLInputObjectType, theirs: GraphQLInputObjectType) -> list[str]:
    known = {name: str(field.type) for name, field in theirs.fields.items()}
    described = {name: str(field.type) for name, field in own.fields.items()}
    wrong = [name for name, kind in described.items() if known.get(name) != kind]
    # A field that the server demands and we do not know would let a bad request pass here.
    wrong += [name for name, kind in known.items() if kind.endswith("!") and name not in described]
    return [f"{own.name}.{name}" for name in wrong]


# The recorded session, done again


class Session:
    """What the person did whose session was recorded, and what our plugin was told of it."""

    def __init__(self, server: StashServer) -> None:
        self.server = server
        self.recorder = Recorder(server)
        self.told: dict[str, list[bytes]] = {}
        self.answers: dict[str, Any] = {}
        self.answers["jobQueue-empty.json"] = self.ask("jobQueue-empty.json")
        self._create_metadata_objects()
        self._scan()
        self._edit_scenes()
        self._edit_others()
        self._create_and_destroy()
        self._without_hooks()
        self._library_jobs()
        self._tasks()
        for name in recorded("graphql"):
            if name not in self.answers:
                self.answers[name] = self.ask(name)

    def ask(self, name: str) -> Any:
        told = recording(f"graphql/{name}")
        try:
            return {"data": self.server.graphql(told["query"], told["variables"])}
        except GraphQLFailed as error:
            return {"errors": [{"message": one} for one in error.messages]}

    def did(self, action: str, *, ordered: bool = True) -> None:
        known = sum(map(len, self.told.values()))
        new = self.recorder.calls()[known:]
        self.told[action] = new if ordered else sorted(new, key=lambda raw: context(raw)["id"])

    def change(self, mutation: str, changes: object, kind: str | None = None) -> None:
        name = mutation[0].upper() + mutation[1:]
        kind = kind or f"{name}Input!"
        text = f"mutation($input:{kind}){{{mutation}(input:$input){{id}}}}"
        self.server.graphql(text, {"input": changes})

    def job(self, mutation: str, changes: str) -> None:
        data = self.server.graphql(f"mutation{{{mutation}(input:{changes})}}")
        self.server.wait_for_job(str(data[mutation]))

    def repeat(self, action: str, mutation: str, *hooks: str) -> None:
        """Send what the recorded hooks say that they were triggered by."""
        for hook in hooks:
            told = context(recorded_call(f"{action}--{hook}.Post.json"))
            fields = told.get("inputFields")
            given = {
                key: value
                for key, value in told["input"].items()
                if (key in fields if fields is not None else value is not None)
            }
            self.change(mutation, given)

    def _create_metadata_objects(self) -> None:
        for kind, numbers in {
            "Studio": (1, 2, 3),
            "Performer": (4, 5, 6),
            "Tag": (7, 8, 9, 10),
            "Group": (11,),
        }.items():
            hooks = (f"{number:02}-{kind}.Create" for number in numbers)
            self.repeat("create-metadata-objects", f"{kind.lower()}Create", *hooks)
        self.did("create-metadata-objects")

    def _scan(self) -> None:
        for number in range(1, 7):
            self.server.store.add_file_to_scan(f"{ROOT}/StudioA/scene {number}.mp4")
        self.server.store.add_file_to_scan(f"{ROOT}/StudioB/scene 1.mp4")
        self.server.store.add_file_to_scan(f"{ROOT}/StudioB/Ünï & [x] + 100%, #1.mkv")
        self.job("metadataScan", "{}")
        self.did("scan-new-files", ordered=False)
        for scene_id in self.server.store.scenes:
            self.server.store.set_cover(scene_id, JPEG + str(scene_id).encode())

    def _edit_scenes(self) -> None:
        for action in ("single", "with-cover", "nothing-changed", "rating-star"):
            self.repeat(f"scene-update-{action}", "sceneUpdate", "Scene.Update")
            self.did(f"scene-update-{action}")
        changes = [
            {"id": "3", "title": "Third", "date": "2023"},
            {"id": "4", "title": "Fourth", "performer_ids": ["1"]},
        ]
        self.change("scenesUpdate", changes, "[SceneUpdateInput!]!")
        self.did("scenes-update-list")
        self.repeat("scene-bulk-update", "bulkSceneUpdate", "01-Scene.Update")
        self.did("scene-bulk-update")

    def _edit_others(self) -> None:
        for kind in ("performer", "studio", "tag", "group"):
            self.repeat(f"{kind}-rename", f"{kind}Update", f"{kind.capitalize()}.Update")
            self.did(f"{kind}-rename")
        studio = self.server.store.studio(2)
        studio.parent_ids = (1,)
        self.repeat("marker-create", "sceneMarkerCreate", "SceneMarker.Create")
        self.did("marker-create")
        self.change("tagCreate", {"name": "ToMerge"})
        self.server.store.scene(4).tag_ids = (5,)
        self.change("tagsMerge", {"source": ["5"], "destination": "1"})
        self.did("tags-merge")

    def _create_and_destroy(self) -> None:
        self.change("sceneCreate", {"title": "made"})
        self.did("scene-create-api")
        self.server.graphql("mutation{sceneDestroy(input:{id:9})}")
        self.did("scene-destroy")

    def _without_hooks(self) -> None:
        for name in ("sceneAddPlay.json", "sceneAddO.json", "sceneSaveActivity.json"):
            self.answers[name] = self.ask(name)
        self.change("sceneMerge", {"source": ["6"], "destination": "5"})
        self.did("nothing at all")

    def _library_jobs(self) -> None:
        store = self.server.store
        old = f"{ROOT}/StudioA/scene 4.mp4"
        store.rename_file(old, f"{ROOT}/StudioA/scene 4 renamed.mp4")
        self.job("metadataScan", "{}")
        self.did("scan-renamed-file")
        store.add_file_to_scan(f"{ROOT}/StudioB/gone.mp4")
        store.disk[f"{ROOT}/StudioB/gone.mp4"] = "86075d0a1a27dffa"
        self.job("metadataScan", "{}")
        self.did("scan-one-new")
        store.remove_file(f"{ROOT}/StudioB/gone.mp4")
        self.job("metadataClean", "{dryRun:false}")
        self.did("clean-removed-file")
        store.rename_folder(f"{ROOT}/StudioB", f"{ROOT}/Studio B")
        self.job("metadataScan", "{}")
        self.job("metadataAutoTag", '{studios:["3"]}')
        store.rename_folder(f"{ROOT}/Studio B", f"{ROOT}/StudioB")
        self.job("metadataScan", "{}")
        self.did("nothing of folders and auto-tag")

    def _tasks(self) -> None:
        task = 'mutation($map:Map){runPluginTask(plugin_id:"Recorder",task_name:"Sync all"'
        started = self.server.graphql("mutation" + task.removeprefix("mutation($map:Map)") + ")}")
        self.server.wait_for_job(str(started["runPluginTask"]))
        self.did("task-with-default-args")
        given = {"dry_run": True, "ids": [1, 2], "mode": "fast"}
        started = self.server.graphql(task + ",args_map:$map)}", {"map": given})
        self.server.wait_for_job(str(started["runPluginTask"]))
        self.did("task-with-args-map")
        for name in ("runPluginOperation.json", "runPluginOperation-error.json"):
            self.answers[name] = self.ask(name)
            self.did("operation" + ("-error" if "error" in name else ""))
        self.answers["configurePlugin.json"] = self.ask("configurePlugin.json")
        self.recorder.hold()
        started = self.server.graphql(task + ",args_map:$map)}", {"map": {"progress": [0.4]}})
        job = self.server.core.jobs.find(int(str(started["runPluginTask"])))
        assert job is not None
        until(lambda: job.progress is not None)
        name = "jobQueue-running-plugin-task.json"
        self.answers[name] = self.ask(name)
        self.recorder.let_go()
        self.server.wait_for_job(str(job.id))


def recorded(folder: str) -> list[str]:
    return sorted(one.name for one in (shared_fixtures() / "stash" / folder).iterdir())


def recorded_call(name: str) -> bytes:
    return (shared_fixtures() / "stash" / "stdin" / name).read_bytes()


def context(raw: bytes) -> Any:
    return json.loads(raw)["args"]["hookContext"]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    shared_fixtures()
    with StashServer(tmp_path_factory.mktemp("stash")) as server:
        yield Session(server)


def test_each_process_reads_what_stash_wrote_byte_for_byte(session: Session) -> None:
    """All but the connection's own values, and the order of `inputFields`: Go's maps have none."""
    actions: dict[str, list[str]] = {}
    for name in recorded("stdin"):
        actions.setdefault(name.partition("--")[0], []).append(name)
    assert {name: len(told) for name, told in session.told.items() if told} == {
        action: len(names) for action, names in actions.items()
    }
    for action, names in actions.items():
        for name, ours in zip(names, session.told[action], strict=True):
            theirs = recorded_call(name)
            assert arguments_text(ours) == arguments_text(theirs), name
            assert input_fields(ours) == input_fields(theirs), name


def arguments_text(raw: bytes) -> str:
    return raw.decode().partition('"args":')[2].partition(',"inputFields"')[0].rstrip("}")


def input_fields(raw: bytes) -> set[str]:
    hook = json.loads(raw)["args"].get("hookContext", {})
    return set(hook.get("inputFields", ()))


def test_the_connection_looks_like_stashs_own(session: Session) -> None:
    theirs = json.loads(recorded_call("operation--call.json"))["server_connection"]
    ours = json.loads(session.recorder.calls()[-1])["server_connection"]

    assert list(ours) == list(theirs)
    assert list(ours["SessionCookie"]) == list(theirs["SessionCookie"])
    unlike = {"Port", "SessionCookie", "Dir", "PluginDir"}
    assert {key: ours[key] for key in ours if key not in unlike} == {
        key: theirs[key] for key in theirs if key not in unlike
    }
    assert ours["Port"] == session.server.core.port
    assert ours["Dir"] == str(session.server.folder)
    assert ours["PluginDir"] == str(session.recorder.folder)


@pytest.mark.parametrize("action", ["nothing at all", "nothing of folders and auto-tag"])
def test_merges_play_counts_auto_tag_and_moved_folders_call_no_plugin(
    session: Session, action: str
) -> None:
    assert session.told[action] == []


def test_every_recorded_query_has_an_answer_of_the_recorded_shape(session: Session) -> None:
    wrong = {}
    for name in recorded("graphql"):
        theirs = recording(f"graphql/{name}")["answer"]
        if "http" not in theirs and (found := differences(theirs, session.answers[name], "")):
            wrong[name] = found
    assert wrong == {}


def differences(theirs: Any, ours: Any, place: str) -> list[str]:
    """Where the kinds of two JSON values differ; lengths of lists may, beyond one and none."""
    if kind_of(theirs) != kind_of(ours):
        return [f"{place}: {kind_of(theirs)} there, {kind_of(ours)} here"]
    if isinstance(theirs, dict):
        missing = set(theirs) - set(ours) - ({"path"} if "message" in theirs else set())
        both = [key for key in theirs if key in ours]
        found = [f"{place}.{key} is missing" for key in missing]
        for key in both:
            found += differences(theirs[key], ours[key], f"{place}.{key}")
        return found
    if isinstance(theirs, list):
        if bool(theirs) != bool(ours):
            return [f"{place}: {len(theirs)} entries there, {len(ours)} here"]
        models = theirs if len(theirs) == len(ours) else theirs[:1] * len(ours)
        pairs = zip(models, ours, strict=True)
        return [one for pair in pairs for one in differences(*pair, f"{place}[]")]
    return []


def kind_of(value: Any) -> str:
    return "number" if type(value) in {int, float} else type(value).__name__


@pytest.mark.parametrize(
    "name",
    [
        "findScenes-by-group.json",
        "findScenes-by-path.json",
        "findScenes-by-performer.json",
        "findScenes-by-studio.json",
        "findScenes-by-tag.json",
        "findScenes-count.json",
        "findScenes-ids-one-missing.json",
        "stats.json",
        "runPluginOperation.json",
        "runPluginOperation-error.json",
        "configuration-plugin.json",
        "plugins.json",
    ],
)
def test_searches_and_operations_find_what_stash_found(session: Session, name: str) -> None:
    theirs = recording(f"graphql/{name}")["answer"]
    ours = session.answers[name]
    if "errors" in theirs:
        theirs = {"errors": [{"message": one["message"]} for one in theirs["errors"]]}
    if name == "plugins.json":
        for answer in (theirs, ours):
            for hook in answer["data"]["plugins"][0]["hooks"]:
                hook["hooks"] = set(hook["hooks"])
    assert ours == theirs


# Answers below GraphQL


def request(
    server: StashServer, method: str, path: str, headers: dict[str, str], body: str = ""
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.core.port, timeout=30)
    try:
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


def header_names(headers: dict[str, str]) -> set[str]:
    return set(headers) - {"Connection"}


def test_an_unknown_field_is_refused_in_stashs_words(session: Session) -> None:
    told = recording("graphql/unknown-field.json")
    body = json.dumps({"query": told["query"], "variables": told["variables"]})

    status, _, answer = request(session.server, "POST", "/graphql", {}, body)

    assert status == told["answer"]["http"]
    assert json.loads(answer) == json.loads(told["answer"]["body"])


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[StashServer]:
    """The pictures that were there when the recordings were made."""
    with StashServer(tmp_path) as server:
        store = server.store
        for number in range(1, 12):
            cover = JPEG + str(number).encode() if number != 11 else None
            store.add_scene(f"{ROOT}/{number}.mp4", cover=cover)
        for name in ("Ada", "Bob"):
            store.add_performer(name)
        for name in ("Network One", "Studio A", "Studio B"):
            store.add_studio(name)
        store.add_group("Series One")
        store.performer(1).image = store.studio(2).image = JPEG
        yield server


def test_pictures_are_answered_as_recorded(gallery: StashServer) -> None:
    wrong = []
    for told in recording("images/image-answers.json"):
        asked = told["request"]
        headers = dict(asked["headers"])
        if "If-None-Match" in headers:
            _, known, _ = request(gallery, "GET", asked["path"], {})
            headers["If-None-Match"] = known["Etag"]
        status, answered, body = request(gallery, asked["method"], asked["path"], headers)
        same = ("Content-Type", "Cache-Control", "Allow", "Accept-Ranges", "Vary")
        ours = (status, {key: answered.get(key) for key in same}, bool(body))
        theirs = (
            told["status"],
            {key: told["headers"].get(key) for key in same},
            bool(told["bytes"]),
        )
        missing = header_names(told["headers"]) - header_names(answered)
        if ours != theirs or missing:
            wrong.append((asked, ours, theirs, missing))
    assert wrong == []


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[StashServer]:
    owner = Credentials(username="owner", password="secret", api_key="the-key")
    with StashServer(tmp_path, credentials=owner) as server:
        server.store.add_scene(f"{ROOT}/1.mp4", cover=JPEG)
        yield server


def test_credentials_are_judged_as_recorded(guarded: StashServer) -> None:
    recorder = Recorder(guarded)
    guarded.graphql('mutation{runPluginOperation(plugin_id:"Recorder")}')
    told = json.loads(recorder.calls()[0])["server_connection"]["SessionCookie"]
    cookie = {"Cookie": f"{told['Name']}={told['Value']}"}
    sent: dict[str, dict[str, str]] = {
        "no credentials": {},
        "cookie of the hook": cookie,
        "ApiKey header": {"ApiKey": "the-key"},
        "wrong ApiKey": {"ApiKey": "another"},
        "wrong ApiKey, good cookie": {"ApiKey": "another", **cookie},
        "garbage cookie": {"Cookie": "session=garbage"},
        "screenshot, no credentials": {},
        "screenshot, ApiKey": {"ApiKey": "the-key"},
    }
    for case in recording("auth/cases.json"):
        if case["case"].startswith("screenshot"):
            target = ("GET", "/scene/1/screenshot", sent[case["case"]])
            status, headers, _ = request(guarded, *target)
        else:
            query = json.dumps({"query": "{version{version}}"})
            status, headers, body = request(guarded, "POST", "/graphql", sent[case["case"]], query)
            assert body.decode() == case["body"], case["case"]
        assert status == case["status"], case["case"]
        assert header_names(headers) == header_names(case["headers"]), case["case"]
        assert headers.get("Location") == case["headers"].get("Location")
