"""What can lie in Plex for a scene: one recipe for each way in which matching can go wrong.

A recipe adds the items and scenes of one case, and states the truth as it builds it.
"""

from __future__ import annotations

from functools import partial

from tests.corpus import names
from tests.corpus.builder import (
    ASIDE,
    CLIPS,
    FILMS,
    ROOTS,
    SHARED,
    Builder,
    respelled,
)
from tests.corpus.facts import File
from tests.corpus.names import composed, decomposed, half_composed

MANY = 60  # more files of one name than a lookup by file shows


def plain(b: Builder, kind: str) -> None:
    """One file, one item, one scene."""
    file = b.file()
    b.scene(kind, file, found=[b.item(file)])


def special_name(b: Builder, kind: str, *, flavour: names.Flavour) -> None:
    """A name that is hard to ask for."""
    file = b.file(name=b.name(flavour))
    b.scene(kind, file, found=[b.item(file)])


def long_name(b: Builder, kind: str) -> None:
    """A name of the greatest length, and another that differs in its last characters alone."""
    [(root, folder)] = b.folders(1)
    filling = b.rng.choice(names.FILLINGS)
    for _ in range(2):
        name = f"{names.long(filling, b.number())}.mp4"
        file = b.file(root=root, folder=folder, name=name)
        b.scene(kind, file, found=[b.item(file)])


def repeated_name(b: Builder, kind: str, *, times: int | None = None) -> None:
    """One file name in several folders; each is a film of its own."""
    name = b.name()
    title = b.title()
    for root, folder in b.folders(times or b.rng.randint(2, 5)):
        file = b.file(root=root, folder=folder, name=name)
        b.scene(kind, file, found=[b.item(file, title=title)])


def case_twins(b: Builder, kind: str) -> None:
    """Two files of one folder, or of two folders, whose paths differ in case alone."""
    root, name = b.root(), b.name(names.plain)
    spellings = [("Case Studio", name), ("Case Studio", name.swapcase()), ("CASE STUDIO", name)]
    for folder, spelled in b.rng.sample(spellings, 2):
        file = b.file(root=root, folder=folder, name=spelled)
        b.scene(kind, file, found=[b.item(file)])


def other_form(b: Builder, kind: str) -> None:
    """Stash and Plex spell one name in two normal forms, or in one that is not ours."""
    root = b.root()
    file = b.file(root=root, name=b.name(names.accented))
    forms = (composed, decomposed, half_composed)
    spelled = respelled(file, root, stash=b.rng.choice(forms), plex=b.rng.choice(forms))
    b.scene(kind, spelled, found=[b.item(spelled)])


def both_forms(b: Builder, kind: str) -> None:
    """Two files whose names are one after normalisation: who spells it as the scene does is it."""
    root = b.root()
    file = b.file(root=root, name=b.name(names.accented))
    twins = [respelled(file, root, stash=form, plex=form) for form in (composed, decomposed)]
    title = b.rng.choice(["", "Untitled"])
    items = [b.item(twin, title=title) for twin in twins]
    for twin, item in zip(twins, items, strict=True):
        b.scene(kind, twin, found=[item])
    third = respelled(file, root, stash=half_composed, plex=half_composed)
    b.ambiguous(kind, third, items=items)


def several_files(b: Builder, kind: str) -> None:
    """A scene of several files whose item has some of them as versions."""
    files = b.files(b.rng.randint(2, 4))
    held = b.rng.sample(files, b.rng.randint(1, len(files)))
    b.scene(kind, *files, found=[b.item(*held)])


def several_parts(b: Builder, kind: str) -> None:
    """An item in several parts, and a scene of all of them or of the last one."""
    parts = b.files(b.rng.randint(2, 3))
    known = parts if b.rng.random() < 0.5 else parts[-1:]
    b.scene(kind, *known, found=[b.item(parts)])


def merged(b: Builder, kind: str) -> None:
    """One item that holds the files of two scenes, as versions or as parts: both find it."""
    one, other = b.files(2)
    item = b.item([one, other]) if b.rng.random() < 0.5 else b.item(one, other)
    b.scene(kind, one, found=[item])
    b.scene(kind, other, found=[item])


def doubled(b: Builder, kind: str) -> None:
    """Two items of one library with one file: nobody can say which is the scene's."""
    file, extra = b.files(2)
    titles = b.rng.choice([("", ""), ("Untitled", "Untitled"), ("Once", "Twice")])
    items = [b.item(file, title=titles[0]), b.item(file, extra, title=titles[1])]
    b.ambiguous(kind, file, items=items)


def doubled_and_single(b: Builder, kind: str) -> None:
    """Doubled in one library, single in another: found where it can be told."""
    file = b.file(root=SHARED)
    b.item(file, library=CLIPS, title="")
    b.item(file, library=CLIPS, title="")
    b.scene(kind, file, found=[b.item(file, library=FILMS)])


def optimised(b: Builder, kind: str) -> None:
    """An item with a version that Plex made."""
    file = b.file()
    b.scene(kind, file, found=[b.item(file, optimised=[_made_of(file).plex])])


def optimised_elsewhere(b: Builder, kind: str) -> None:
    """A scene's file that is an item's own, and also another item's converted version."""
    file, original = b.files(2)
    b.item(original, optimised=[file.plex])
    b.scene(kind, file, found=[b.item(file)])


def shared(b: Builder, kind: str) -> None:
    """One file in two libraries: both items are the scene's."""
    file = b.file(root=SHARED)
    b.scene(kind, file, found=[b.item(file, library=one) for one in (FILMS, CLIPS)])


def half_shared(b: Builder, kind: str) -> None:
    """A folder of two libraries, of which one has not taken the file."""
    file = b.file(root=SHARED)
    b.scene(kind, file, found=[b.item(file, library=b.rng.choice((FILMS, CLIPS)))])


def split(b: Builder, kind: str) -> None:
    """A scene whose files lie in several items: the primary file decides."""
    first, second = b.files(2)
    item, title = b.item(first), b.title()
    for _ in range(b.rng.randint(1, 2)):
        b.item(second, title=title)
    b.scene(kind, first, second, found=[item])


def split_and_respelled(b: Builder, kind: str) -> None:
    """The primary file's item spells it in a third way, and another item holds the second file."""
    root = b.root()
    first = b.file(root=root, name=b.name(names.accented))
    first = respelled(first, root, stash=b.rng.choice((composed, decomposed)), plex=half_composed)
    second = b.file(root=root)
    b.item(second)
    b.scene(kind, first, second, found=[b.item(first)])


def split_across_libraries(b: Builder, kind: str) -> None:
    """A scene with one file in each library: each library has its item."""
    first, second = b.file(root=ROOTS[FILMS]), b.file(root=ROOTS[2])
    b.scene(kind, first, second, found=[b.item(first), b.item(second)])


def split_undecided(b: Builder, kind: str) -> None:
    """The primary file is in no item, or in two, and others lie elsewhere."""
    first, second, third = b.files(3)
    if b.rng.random() < 0.5:
        items = [b.item(second, title=""), b.item(third, title="")]
    else:
        items = [b.item(first, title=""), b.item(first, title=""), b.item(second, title="")]
    b.ambiguous(kind, first, second, third, items=items)


def decoy(b: Builder, kind: str) -> None:
    """Another film lies where the scene's path would point without the mapping."""
    file = b.file(root=ROOTS[0])
    b.item(File(stash="", plex=file.stash), library=CLIPS)
    b.scene(kind, file, found=[b.item(file)])


def set_aside(b: Builder, kind: str) -> None:
    """A library that nobody chose holds the same file."""
    file = b.file(root=ROOTS[b.rng.choice((0, 2))])
    b.item(file, library=ASIDE)
    b.scene(kind, file, found=[b.item(file)])


# Scenes that are not in Plex, though something like them is.


def absent(b: Builder, kind: str) -> None:
    """Nothing like it is there."""
    b.scene(kind, *b.files(b.rng.randint(1, 2)))


def absent_namesake(b: Builder, kind: str) -> None:
    """Its name is there, in another folder."""
    (root, folder), (other_root, other) = b.folders(2)
    there = b.file(root=root, folder=folder)
    b.scene("repeated names", there, found=[b.item(there)])
    name = names.file_name(there.plex)
    b.scene(kind, b.file(root=other_root, folder=other, name=name))


def absent_case(b: Builder, kind: str) -> None:
    """Its path is there in another case."""
    there = b.file(name=b.name(names.plain))
    b.scene("case twins", there, found=[b.item(there)])
    folder, _, name = there.stash.rpartition("/")
    plex_folder = there.plex.rpartition("/")[0]
    b.scene(
        kind, File(stash=f"{folder}/{name.swapcase()}", plex=f"{plex_folder}/{name.swapcase()}")
    )


def absent_piece(b: Builder, kind: str) -> None:
    """Its name, or its whole path, is a piece of another one."""
    [(root, folder)] = b.folders(1)
    name = b.name(names.plain)
    for longer in (f"uncut {name}", f"{name}.bak.mp4", f"{name}/extra.mp4"):
        b.item(b.file(root=root, folder=folder, name=longer))
    b.scene(kind, b.file(root=root, folder=folder, name=name))


def absent_optimised(b: Builder, kind: str) -> None:
    """It is what Plex made of another scene's file."""
    file = b.file()
    b.scene("optimised versions", file, found=[b.item(file, optimised=[_made_of(file).plex])])
    b.scene(kind, _made_of(file))


def absent_aside(b: Builder, kind: str) -> None:
    """Only a library that nobody chose holds it."""
    file = b.file(root=ROOTS[b.rng.choice((0, 2))])
    b.item(file, library=ASIDE)
    b.scene(kind, file)


def absent_decoy(b: Builder, kind: str) -> None:
    """Only another film is there, where its path would point without the mapping."""
    file = b.file(root=ROOTS[0])
    b.item(File(stash="", plex=file.stash), library=CLIPS)
    b.scene(kind, file)


def absent_fileless(b: Builder, kind: str) -> None:
    """It has no file at all."""
    b.scene(kind)


def _made_of(file: File) -> File:
    """The version that Plex makes for small devices, beside the file."""

    def beside(path: str) -> str:
        folder, _, name = path.rpartition("/")
        return f"{folder}/Plex Versions/Optimized for Mobile/{name.rpartition('.')[0]}.mp4"

    return File(stash=beside(file.stash), plex=beside(file.plex))


SPECIAL_NAMES = {
    kind: partial(special_name, flavour=flavour)
    for kind, flavour in names.SPECIAL.items()
    if kind != "long names"
}
