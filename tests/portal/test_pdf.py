"""Papers: PDF/UA with embedded Vietnamese fonts, no network, safe from several threads, QR codes that read."""

import base64
import io
import threading

import pypdf
import pytest
from PIL import Image

from portal.pdf import ForbiddenAddressError, html_to_pdf, qr_png_data_uri, render_pdf

WORDS = "Phường Rạch Dừa đã tiếp nhận đủ hồ sơ; hẹn trả kết quả trước 16 giờ thứ Sáu ngày 09/09/2022."
PAPER = '<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Giấy tiếp nhận</title></head><body class="paper {kind}">{body}</body></html>'


def paper(body: str, kind: str = "paper-a4") -> str:
    return PAPER.format(body=body, kind=kind)


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def fonts_of(reader: pypdf.PdfReader) -> set[str]:
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    return {str(font.get_object()["/BaseFont"]).split("+")[-1] for font in fonts}


@pytest.fixture(scope="module")
def plain():
    return read(html_to_pdf(paper(f"<h1>Giấy tiếp nhận</h1><p>{WORDS} <b>{WORDS}</b> <i>{WORDS}</i></p>")))


def test_pdf_text_is_vietnamese_and_searchable(plain):
    assert WORDS.replace(" ", "") in "".join(plain.pages[0].extract_text().split())


def test_pdf_declares_ua_language_title_and_tags(plain):
    root = plain.trailer["/Root"]
    assert root["/Lang"] == "vi"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert plain.metadata.title == "Giấy tiếp nhận"
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_pdf_embeds_our_serif(plain):
    assert fonts_of(plain)
    assert all("Tinos" in name for name in fonts_of(plain)), fonts_of(plain)


@pytest.mark.parametrize(
    ("kind", "millimetres"), [("paper-a4", (210, 297)), ("paper-a5", (148, 210)), ("paper-a4-landscape", (297, 210))]
)
def test_pdf_paper_sizes(kind, millimetres):
    box = read(html_to_pdf(paper(f"<h1>Giấy</h1><p>{WORDS}</p>", kind))).pages[0].mediabox
    assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == millimetres


def test_pdf_pages_numbered_from_the_second():
    reader = read(html_to_pdf(paper("<h1>Giấy</h1>" + f"<p>{WORDS}</p>" * 60)))
    assert len(reader.pages) > 1
    # Margins are drawn after the body, so the number is the last line of the text.
    assert reader.pages[0].extract_text().split()[-1] != "1"
    assert reader.pages[1].extract_text().split()[-1] == "2"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/x.png",
        "https://example.org/x.png",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "../portal/settings.py",
        "css/../../portal/settings.py",
        "//example.org/x.png",
    ],
)
def test_pdf_refuses_network_and_foreign_files(address):
    with pytest.raises(ForbiddenAddressError, match="may not load"):
        html_to_pdf(paper(f'<p>x<img alt="" src="{address}"></p>'))


def test_pdf_refused_paper_leaves_the_next_one_well():
    with pytest.raises(ForbiddenAddressError):
        html_to_pdf(paper('<p><img alt="" src="http://127.0.0.1:9/x.png"></p>'))
    assert html_to_pdf(paper("<p>Xin chào</p>")).startswith(b"%PDF")


def test_render_pdf_gives_html_and_pdf():
    html, pdf = render_pdf("layout/print.html", {"preview": False})
    assert 'lang="vi"' in html
    assert "stylesheet" not in html
    assert pdf.startswith(b"%PDF")


def test_pdf_from_threads_at_once():
    made, failed = [], []

    def work(number):
        try:
            made.append(html_to_pdf(paper(f"<h1>{number}</h1><p>{WORDS}</p>")))
        except Exception as error:  # noqa: BLE001  a thread must report
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not failed
    assert len(made) == 4


def test_qr_is_a_png_that_fits_a_stamp():
    uri = qr_png_data_uri("https://motcua.example/tra-cuu/H06.12-221004-0017")
    head, data = uri.split(",", 1)
    assert head == "data:image/png;base64"
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    assert image.width == image.height
    assert 150 <= image.width <= 300


def test_qr_stands_in_a_paper():
    pdf = html_to_pdf(paper(f'<p><img class="paper-qr" alt="Mã QR" src="{qr_png_data_uri("H06")}">{WORDS}</p>'))
    assert len(read(pdf).pages[0].images) == 1
