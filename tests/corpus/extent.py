"""How much of the corpus a run takes.

By default the slower combinations take some scenes of each kind. `CORPUS=full` runs every scene
through every combination of the batch path, and more of them through those of the single path;
`CORPUS=all` spares the single path nothing either, which takes hours.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from tests.corpus.facts import Corpus, CorpusScene
from tests.corpus.oracle import sample

_ASKED = os.environ.get("CORPUS", "")
IS_FULL = _ASKED in {"full", "all"}
_BATCH_PER_KIND = 8
_SINGLE_PER_KIND = 10 if IS_FULL else 1


def for_batches(corpus: Corpus) -> Sequence[CorpusScene]:
    """What the combinations of the batch path take."""
    return corpus.scenes if IS_FULL else sample(corpus.scenes, _BATCH_PER_KIND)


def for_single(corpus: Corpus) -> Sequence[CorpusScene]:
    """What those of the single path take: each file costs several requests, or a listing."""
    return corpus.scenes if _ASKED == "all" else sample(corpus.scenes, _SINGLE_PER_KIND)
