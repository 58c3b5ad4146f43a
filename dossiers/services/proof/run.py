"""The whole proof, in one order."""

from collections.abc import Callable, Iterator, Sequence

from dossiers.services.proof import clocks, files, ledger, numbers, papers, payments, rights, seals, unmade, work
from dossiers.services.proof.findings import Finding

PARTS: Sequence[Callable[[], Iterator[Finding]]] = (
    ledger.chains,
    ledger.texts,
    ledger.states,
    clocks.promises,
    work.ended,
    work.missing,
    work.closed_units,
    work.people,
    seals.chain,
    seals.file,
    seals.stamps,
    seals.heads,
    seals.things,
    seals.reads,
    seals.reach,
    numbers.gaps,
    numbers.twice,
    papers.drafts,
    papers.files,
    papers.places,
    papers.checks,
    payments.acts,
    payments.sums,
    unmade.marks,
    rights.grants,
)


def examine(*, all_bytes: bool = False) -> Iterator[Finding]:
    """Give every line, as it is found. Bytes of files are compared in rounds, a part each time, or all at once."""
    for part in PARTS:
        yield from part()
    yield from files.stored(everything=all_bytes)
