"""The whole proof, in one order."""

from collections.abc import Callable, Iterator, Sequence

from dossiers.services.proof import clocks, files, ledger, numbers, rights, seals
from dossiers.services.proof.findings import Finding

PARTS: Sequence[Callable[[], Iterator[Finding]]] = (
    ledger.chains,
    ledger.texts,
    ledger.states,
    ledger.work,
    clocks.promises,
    seals.chain,
    seals.file,
    seals.stamps,
    seals.heads,
    seals.things,
    seals.reads,
    seals.reach,
    numbers.gaps,
    numbers.drafts,
    rights.grants,
)


def examine(*, all_bytes: bool = False) -> Iterator[Finding]:
    """Give every line, as it is found. Bytes of files are compared in rounds, a part each time, or all at once."""
    for part in PARTS:
        yield from part()
    yield from files.stored(everything=all_bytes)
