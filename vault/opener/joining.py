"""Puts the pages of papers made piece by piece into one file: `python -m vault.opener.joining OUT PART…`.

In a child of its own like everything that reads PDF; the pages keep their words and fonts, not their structure for readers of
screens. Called by vault.opening.
"""

import sys

import pypdfium2


def main() -> None:
    """Append each part to the pages before it; one part is in memory at a time besides the whole."""
    out, *parts = sys.argv[1:]
    whole = pypdfium2.PdfDocument.new()
    for path in parts:
        part = pypdfium2.PdfDocument(path)
        whole.import_pages(part)
        part.close()
    whole.save(out)
    whole.close()


if __name__ == "__main__":
    main()
