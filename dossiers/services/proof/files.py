"""Stored bytes against the digests they were stored with."""

from collections.abc import Iterator

from dossiers.services.proof.findings import Finding, fault, note, unchecked
from portal import clock
from vault import integrity, queries


def stored(*, everything: bool) -> Iterator[Finding]:
    """Compare a part of all files, the next one each run, or everything."""
    compared = integrity.compare(everything=everything)
    for file_id, what in compared.wrong:
        yield fault(f"stored file {file_id}: its bytes are {what}")
    for key_id, count in sorted(compared.without_key.items()):
        yield unchecked(f"the bytes of {count} stored files: FILE_KEYS holds no key {key_id}")
    in_clear = queries.unencrypted().count()
    if in_clear:
        yield note(f"{in_clear} of {compared.total} stored files are not encrypted (manage.py encrypt_files)")
    if compared.files < compared.total:
        ended = f"{clock.local(compared.ended_at):%Y-%m-%d %H:%M}" if compared.ended_at else "never"
        yield note(
            f"the bytes of {compared.files} of {compared.total} files were compared (--all-bytes compares all); "
            f"a whole round last ended: {ended}"
        )
