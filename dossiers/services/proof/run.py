"""The whole proof, in one order."""

from collections.abc import Callable, Iterator, Sequence

from dossiers.services.proof import clocks, ledger, numbers, seals
from dossiers.services.proof.findings import Finding

PARTS: Sequence[Callable[[], Iterator[Finding]]] = (
    ledger.chains, ledger.texts, ledger.states, ledger.work, clocks.promises, seals.chain, seals.file, seals.heads, seals.things,
    seals.reads, seals.reach, numbers.gaps,
)  # fmt: skip


def examine() -> Iterator[Finding]:
    """Give every line, as it is found."""
    for part in PARTS:
        yield from part()
