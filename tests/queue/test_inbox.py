"""Where the data folder lies, and how a file gets into the inbox, without a process around it."""

from __future__ import annotations

import errno
import os
import stat
import time
from pathlib import Path

import pytest

from sync_queue import inbox


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    return folder


@pytest.fixture
def here(tmp_path: Path) -> Path:
    folder = tmp_path / "plugin"
    folder.mkdir()
    return folder


def has_mode(path: Path, wanted: int) -> bool:
    """Always so where files have no modes."""
    return os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == wanted


def test_the_data_folder_is_made_beside_stash_s_configuration(config: Path, here: Path) -> None:
    made = inbox.data_folder(str(config), str(here))

    assert made == f"{config}/plugin-data/PlexSync"
    folders = [Path(made).parent, Path(made), Path(made) / "inbox"]
    assert [has_mode(one, 0o700) for one in folders] == [True] * 3
    assert inbox.data_folder(str(config), str(here)) == made
    assert inbox.find_data_folder(str(config), str(here)) == made
    assert list(here.iterdir()) == []


def test_what_other_plugins_keep_there_is_no_trouble(config: Path, here: Path) -> None:
    (config / "plugin-data" / "Other").mkdir(parents=True)
    assert inbox.data_folder(str(config), str(here)) == f"{config}/plugin-data/PlexSync"


def test_where_it_cannot_be_made_it_lies_in_the_plugin_s_own_folder(
    config: Path, here: Path
) -> None:
    (config / "plugin-data").write_text("a file where a folder should be")

    made = inbox.data_folder(str(config), str(here))

    assert made == f"{here}/data"
    for one in (here / "data", here / "data" / "inbox"):
        assert has_mode(one, 0o700)


def test_the_folder_that_holds_our_data_stays_the_only_one(config: Path, here: Path) -> None:
    (here / "data" / "inbox").mkdir(parents=True)
    assert inbox.data_folder(str(config), str(here)) == f"{here}/data"
    assert list(config.iterdir()) == []


def test_a_folder_without_an_inbox_is_not_ours_yet(config: Path, here: Path) -> None:
    (config / "plugin-data" / "PlexSync").mkdir(parents=True)
    (here / "data").mkdir()
    assert inbox.find_data_folder(str(config), str(here)) is None
    assert inbox.data_folder(str(config), str(here)) == f"{config}/plugin-data/PlexSync"


def test_without_any_place_it_is_an_error(config: Path, here: Path) -> None:
    with pytest.raises(OSError, match="plugin") as caught:
        inbox.data_folder(str(config / "none"), str(here / "none"))
    assert caught.value.errno == errno.ENOENT


def test_a_kept_document_has_a_name_that_sorts_by_time_and_tells_its_writer(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    before = time.time_ns()
    name = inbox.keep(str(tmp_path), b"first")
    after = time.time_ns()

    born, _, rest = name.partition("-")
    assert len(born) == 20
    assert before <= int(born) <= after
    assert rest == f"{os.getpid()}.json"
    assert [one.name for one in (tmp_path / "inbox").iterdir()] == [name]
    assert (tmp_path / "inbox" / name).read_bytes() == b"first"
    assert has_mode(tmp_path / "inbox" / name, 0o600)


def test_a_document_that_comes_in_pieces_is_kept_whole(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    pieces = iter([b"b" * 70_000, b"c", b""])
    name = inbox.keep(str(tmp_path), b"a", more=lambda: next(pieces))
    assert (tmp_path / "inbox" / name).read_bytes() == b"a" + b"b" * 70_000 + b"c"


def test_a_document_whose_rest_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    def fails() -> bytes:
        raise OSError(errno.EIO, "the pipe broke")

    (tmp_path / "inbox").mkdir()
    with pytest.raises(OSError, match="the pipe broke"):
        inbox.keep(str(tmp_path), b"a", more=fails)
    assert list((tmp_path / "inbox").iterdir()) == []


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        (b'{"Dir"\t:\r\n "/a"}', "/a"),
        (b'"Dir":"/a"', "/a"),
        (b'{"Dir":"/a","args":{"Dir":"/b"}}', "/a"),
        (b'{"Dir":"/a\n\\u00fc"}', "/a\n\u00fc"),
        (b'{"Dir":"/a', None),  # it goes on where the head ends
        (b'{"Dir":"/a","PluginDir":"/b"}', "/a"),
        (b'{"Dir":"/a\xff"}', "/a\ufffd"),
        (b'{"Dir":"/a\\x"}', None),  # the parser will say what is wrong
        (b'{"Dir":"/a\\u00fc\xff"}', "/a\u00fc\ufffd"),
    ],
)
def test_the_folder_is_read_as_far_as_the_text_can_be_read(text: bytes, folder: str | None) -> None:
    assert inbox.config_folder_of(text) == folder


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        (rb'{"server_connection":{"Dir":"/a/b"}}', "/a/b"),
        (rb'{"Dir" : "/a b/\u0026 c\u00fc"}', "/a b/& cü"),
        (rb'{"Dir":"C:\\Users\\me\\.stash"}', "C:\\Users\\me\\.stash"),
        (rb'{"Dir":"a \"quoted\" folder"}', 'a "quoted" folder'),
        (rb'{"Value":"\"Dir\":\"no\"","Dir":"/yes"}', "/yes"),
        (rb'{"Dir":""}', None),
        (rb'{"Dir":7}', None),
        (rb"{}", None),
    ],
)
def test_the_folder_is_read_from_the_text_as_json_means_it(text: bytes, folder: str | None) -> None:
    assert inbox.config_folder_of(text) == folder
