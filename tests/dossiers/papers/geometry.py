"""Where things stand on a printed page, in millimetres from its upper left corner, read off the PDF itself."""

import os
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

POINT = 25.4 / 72
KEEP = os.environ.get(
    "KEEP_PAPERS"
)  # a folder: papers and their pages as pictures are kept there, for people to look at


@dataclass(frozen=True)
class Box:
    """A rectangle on a page."""

    page: int
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


class Sheet:
    """A PDF: sizes, where words, lines and pictures stand."""

    def __init__(self, content: bytes, name: str = ""):
        self.document = pypdfium2.PdfDocument(content)
        self.pages = [self.document[number] for number in range(len(self.document))]
        self.texts = [page.get_textpage() for page in self.pages]
        if KEEP and name:
            (Path(KEEP) / f"{name}.pdf").write_bytes(content)
            for number, page in enumerate(self.pages, 1):
                page.render(scale=120 / 72).to_pil().save(Path(KEEP) / f"{name}-{number}.png")

    @property
    def sizes(self) -> list[tuple[float, float]]:
        """Width and height of every page."""
        return [tuple(round(side * POINT, 1) for side in page.get_size()) for page in self.pages]

    def text(self, page: int) -> str:
        """The words of a page, blanks as one."""
        return " ".join(self.texts[page - 1].get_text_range().split())

    def words(self, page: int) -> list[Box]:
        """Every letter of a page that is no blank."""
        text = self.texts[page - 1]
        found = [(text.get_text_range(index, 1), text.get_charbox(index)) for index in range(text.count_chars())]
        return [self._box(page, box) for sign, box in found if sign.strip()]

    def find(self, words: str, page: int | None = None) -> Box:
        """Where some words stand first (in one line); a ValueError names what a paper lacks."""
        for number in range(1, len(self.pages) + 1) if page is None else [page]:
            text = self.texts[number - 1]
            place = text.search(words, match_case=True).get_next()
            if place is not None:
                boxes = [text.get_charbox(index, loose=False) for index in range(place[0], place[0] + place[1])]
                boxes = [box for box in boxes if box[2] > box[0]]
                left, bottom = min(box[0] for box in boxes), min(box[1] for box in boxes)
                right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
                return self._box(number, (left, bottom, right, top))
        raise ValueError(words)

    def rules(self, page: int = 1) -> list[Box]:
        """Lines across: paths wider than 5 mm and thinner than 1 mm, from the top."""
        boxes = [self._box(page, item.get_bounds()) for item in self._items(page, pdfium.FPDF_PAGEOBJ_PATH)]
        return sorted((box for box in boxes if box.width > 5 and box.height < 1), key=lambda box: box.top)

    def pictures(self, page: int = 1) -> list[Box]:
        """Pictures of a page."""
        return [self._box(page, item.get_bounds()) for item in self._items(page, pdfium.FPDF_PAGEOBJ_IMAGE)]

    def _items(self, page: int, kind: int):
        return self.pages[page - 1].get_objects(filter=[kind], max_depth=5)

    def _box(self, page: int, bounds: tuple[float, float, float, float]) -> Box:
        left, bottom, right, top = bounds
        height = self.pages[page - 1].get_size()[1]
        return Box(page, left * POINT, (height - top) * POINT, right * POINT, (height - bottom) * POINT)
