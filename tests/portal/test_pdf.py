"""Papers: PDF/UA with embedded Vietnamese fonts, no network, safe from several threads, QR codes that read."""

import base64
import io
import threading

import pypdf
import pytest
from PIL import Image

from portal.pdf import ForbiddenAddressError, PaperFaultError, html_to_pdf, qr_png_data_uri, render_pdf

pytestmark = pytest.mark.slow

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


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<p>Nhà 🏠</p>", "U+1F3E0"),
        ("<table class='paper-table'><tr><td>中</td></tr></table>", "U+4E2D"),
        (f"<p style='white-space: nowrap'>{'từ ' * 200}</p>", "chạy ra ngoài khổ giấy ở trang 1"),
        ("<p style='position: absolute; top: 280mm'>Dưới mép</p>", "“Dưới mép” chạy ra ngoài"),
        ("<p style='position: absolute; top: -30mm'>Trên mép</p>", "“Trên mép” chạy ra ngoài"),
    ],
)
def test_a_paper_that_cannot_be_read_is_not_made(body, told):
    with pytest.raises(PaperFaultError) as fault:
        html_to_pdf(paper(body))
    assert told in fault.value.message
    assert html_to_pdf(paper(body), proven=False).startswith(b"%PDF"), "a look at a draft shows what there is"


@pytest.mark.parametrize("kind", ["paper-a4", "paper-a5", "paper-a4-landscape"])
def test_words_without_a_space_wrap(kind):
    long = "Đ" * 400
    table = (
        f"<table class='paper-table'><tr><th>TT</th><th>Thành phần</th></tr><tr><td>1</td><td>{long}</td></tr></table>"
    )
    reader = read(html_to_pdf(paper(f"<h1>Giấy</h1><p>{long}</p>{table}", kind)))
    text = "".join("".join(page.extract_text() for page in reader.pages).split())
    assert text.count("Đ") == 800, "nothing is cut"


@pytest.mark.parametrize("kind", ["paper-a4", "paper-a5"])
def test_the_signature_keeps_words_and_later_pages_bear_number_and_code(kind):
    sign = "<table class='paper-sign'><tr><td></td><td><p>KÝ TÊN</p><div class='sign-space'></div><p>Người Ký</p></td></tr></table>"
    code = "<p class='paper-code'>H29.951-0001</p>"
    spans = range(14, 40, 2) if kind == "paper-a5" else range(24, 60, 2)
    broken = 0
    for lines in spans:
        body = f"{code}<h1>Giấy</h1><div class='paper-body'>{'<p>Một dòng chữ.</p>' * lines}</div>{sign}"
        pages = [page.extract_text() for page in read(html_to_pdf(paper(body, kind))).pages]
        broken += len(pages) > 1
        assert "Một dòng chữ." in pages[-1], lines
        assert "Người Ký" in pages[-1]
        assert "KÝ TÊN" in pages[-1]
        for number, text in enumerate(pages[1:], 2):
            assert str(number) in text.split()
            assert "H29.951-0001" in text
    assert broken
