"""Files are opened, not judged by their edges: what shows a page is taken, what does not is refused with what to do."""

import errno
import hashlib
import io
import struct
import warnings

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from portal.errors import LimitError, UserError
from tests.factories import UserFactory
from tests.vault import samples
from vault import content, keeping, services
from vault.enums import DONE_BY_US, FileRemark
from vault.models import StoredFile
from vault.opener.findings import Remark, WhyNot
from vault.opener.samples import HEIC
from vault.opener.samples import pdf as locked_pdf
from vault.opening import _SENTENCES, open_upload

pytestmark = pytest.mark.unit

REL = '<Relationships xmlns="r"><Relationship Id="a" Type="{}" Target="x" {}/></Relationships>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def remarks(name, data):
    return set(samples.opened(name, data).remarks)


def refusal(name, data):
    with pytest.raises(UserError) as caught:
        samples.opened(name, data)
    return caught.value.message


# ── PDF ──────────────────────────────────────────────────────────────────────────────────────────

SOUND = {
    "plain": samples.PDF,
    "a line before the header": b"\r\n\r\n" + samples.PDF,
    "a byte order mark before the header": b"\xef\xbb\xbf" + samples.PDF,
    "a line of a mail program before the header": b"Content: scan\n" + samples.PDF,
    "zeros after the end": samples.PDF + bytes(9_000),
    "line breaks after the end": samples.PDF + b"\n" * 3_000,
    "no end mark": samples.PDF.replace(b"%%EOF\n", b""),
    "many pages": samples.pdf(pages=40),
    "a wrong place of the table": samples.PDF.replace(b"startxref\n", b"startxref\n9"),
}


@pytest.mark.parametrize("case", SOUND)
def test_a_sound_pdf_is_taken_as_it_is(case):
    opened = samples.opened("GIAY.PDF", SOUND[case])
    assert (opened.content, opened.remarks, opened.name) == (SOUND[case], (), "GIAY.PDF")
    assert opened.sha256 == opened.sent_sha256 == hashlib.sha256(SOUND[case]).hexdigest()


FAULTY = {
    "a password": (locked_pdf(user="1234"), "có mật khẩu"),
    "a password of both kinds": (locked_pdf(user="1", owner="2"), "có mật khẩu"),
    "marks and nothing between": (b"%PDF-1.4\n%%EOF\n", "không có trang nào"),
    "a list of no pages": (samples.pdf(pages=0), "không có trang nào"),
    "cut in the middle": (samples.PDF[: len(samples.PDF) // 2], "bị cắt"),
    "cut before its table": (samples.PDF[: samples.PDF.index(b"xref")], "bị cắt"),
    "cut in a later part": (samples.PDF + b"3 0 obj\n<</Length 9>>stream\nBT", "bị cắt"),
    "a page that is not there": (samples.PDF.replace(b"/Kids[4 0 R]", b"/Kids[9 0 R]"), "không"),
    "noise behind the header": (b"%PDF-1.4\n" + bytes(range(256)) * 20 + b"\n%%EOF\n", "không có trang nào"),
}


@pytest.mark.parametrize("case", [case for case in FAULTY if not case.startswith("a password")])
def test_a_fault_is_not_that_of_the_file_before(case):
    data, words = FAULTY[case]
    assert "có mật khẩu" in refusal("giay.pdf", FAULTY["a password"][0])
    assert words in refusal("giay.pdf", data)


@pytest.mark.parametrize("case", FAULTY)
def test_a_pdf_that_shows_no_page_is_refused_with_what_to_do(case):
    data, words = FAULTY[case]
    message = refusal("giay.pdf", data)
    assert words in message
    assert "Hãy" in message


def test_a_pdf_whose_owner_forbids_printing_is_taken_and_marked():
    assert remarks("giay.pdf", locked_pdf(owner="o")) == {FileRemark.PRINT_LOCKED, FileRemark.BLANK}


ACTION = b"<</S/%b>>"
ACTIVE = {
    "script when opened": samples.pdf(catalog=b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
    "script by a written-out name": samples.pdf(catalog=b"/OpenAction<</S/J#61vaScript/JS(1)>>"),
    "script of the whole file": samples.pdf(
        catalog=b"/Names<</JavaScript<</Names[(a) 4 0 R]>>>>", more=[b"<</S/JavaScript/JS(1)>>"]
    ),
    "script of a page": samples.pdf(page=b"/AA<</O<</S/JavaScript/JS(1)>>>>"),
    "script of a field": samples.pdf(
        page=b"/Annots[4 0 R]", more=[b"<</Subtype/Widget/FT/Tx/AA<</K<</S/JavaScript/JS(1)>>>>>>"]
    ),
    "script of a heading": samples.pdf(
        catalog=b"/Outlines<</First 4 0 R/Last 4 0 R>>", more=[b"<</Title(a)/A<</S/JavaScript/JS(1)>>>>"]
    ),
    "script behind another act": samples.pdf(
        catalog=b"/OpenAction<</S/GoTo/D[5 0 R/Fit]/Next 4 0 R>>", more=[b"<</S/JavaScript/JS(1)>>"]
    ),
    "script of a field that only its place on the page names": samples.pdf(
        page=b"/Annots[4 0 R]",
        more=[b"<</Subtype/Widget/Parent 5 0 R>>", b"<</FT/Tx/T(a)/Kids[4 0 R]/AA<</K<</S/JavaScript/JS(1)>>>>>>"],
    ),
    "script of a page that lies on another": samples.pdf(
        pages=2, page=b"/Subtype/Widget/Annots[4 0 R]/A<</S/JavaScript/JS(1)>>"
    ),
    "a program that is started": samples.pdf(catalog=b"/OpenAction<</S/Launch/F(cmd.exe)>>"),
}


@pytest.mark.parametrize("case", ACTIVE)
def test_a_pdf_that_acts_by_itself_is_refused(case):
    message = refusal("giay.pdf", ACTIVE[case])
    assert "không được nhận" in message
    assert "In → Lưu thành PDF" in message


def test_the_word_for_a_script_is_no_script():
    assert remarks("giay.pdf", samples.pdf(drawn=b"BT /F1 9 Tf (/JavaScript /Launch) Tj ET")) == set()
    assert remarks("giay.pdf", samples.pdf(catalog=b"/Lang(/JS)/OpenAction[4 0 R/Fit]")) == set()


FLAGGED = {
    FileRemark.LINKS: samples.pdf(
        page=b"/Annots[4 0 R]", more=[b"<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://vi.du)>>>>"]
    ),
    FileRemark.FORM: samples.pdf(
        catalog=b"/AcroForm<</Fields[4 0 R]>>", page=b"/Annots[4 0 R]", more=[b"<</Subtype/Widget/FT/Tx/T(a)>>"]
    ),
    FileRemark.ATTACHED: samples.pdf(
        catalog=b"/Names<</EmbeddedFiles<</Names[(a.xml) 4 0 R]>>>>", more=[b"<</F(a.xml)/EF<</F 3 0 R>>>>"]
    ),
    FileRemark.MEDIA: samples.pdf(page=b"/Annots[4 0 R]", more=[b"<</Subtype/RichMedia/Rect[0 0 9 9]>>"]),
}


@pytest.mark.parametrize("remark", FLAGGED)
def test_what_is_in_a_pdf_is_told_to_the_officer(remark):
    assert remarks("giay.pdf", FLAGGED[remark]) == {remark}


def test_a_signed_pdf_is_no_form_and_keeps_its_bytes():
    signed = samples.pdf(catalog=b"/AcroForm<</Fields[4 0 R]/SigFlags 3>>", more=[b"<</FT/Sig/T(s)/V<</Type/Sig>>>>"])
    opened = samples.opened("ky.pdf", signed)
    assert (opened.remarks, opened.content) == ((), signed)


def test_a_blank_page_is_taken_and_told():
    assert remarks("trang.pdf", samples.pdf(drawn=b"")) == {FileRemark.BLANK}


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────


def photograph(orientation=6, kind="JPEG", size=(60, 40), **options):
    """A picture as a telephone writes it: on its side, with place, maker and a note; its left half is red."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F], exif[0x0110] = "HangMay", "Mau 9"
    exif.get_ifd(0x8825).update({1: "N", 2: (10.0, 20.0, 30.0), 3: "E", 4: (107.0, 4.0, 5.0)})
    picture = Image.new("RGB", size, "white")
    picture.paste((200, 20, 20), (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    picture.save(out, kind, exif=exif, **options)
    return out.getvalue()


def shown(opened):
    return Image.open(io.BytesIO(opened.content))


def knows_nothing(data):
    picture = Image.open(io.BytesIO(data))
    return not picture.getexif() and not {"exif", "xmp", "comment"} & {
        key for key, value in picture.info.items() if value
    }


def test_a_photograph_is_turned_and_loses_place_and_device():
    data = photograph()
    opened = samples.opened("IMG_1.jpg", data)
    assert set(opened.remarks) == {FileRemark.TURNED, FileRemark.CLEANED}
    assert shown(opened).size == (40, 60)
    assert shown(opened).getpixel((20, 5))[1] < 90  # the left half is on top now
    assert knows_nothing(opened.content)
    assert b"HangMay" not in opened.content
    assert opened.sent_sha256 == hashlib.sha256(data).hexdigest() != opened.sha256


@pytest.mark.parametrize("orientation", range(2, 9))
def test_every_way_a_picture_may_lie_is_turned(orientation):
    opened = samples.opened("a.jpg", photograph(orientation))
    assert shown(opened).size == ((40, 60) if orientation > 4 else (60, 40))
    assert knows_nothing(opened.content)


def test_a_picture_that_stands_keeps_its_points():
    data = photograph(orientation=1, comment=b"ghi chu", quality=95)
    trailing = data + b"\0\0\0\x18ftypmp42" + bytes(300)  # the film behind a "moving photograph"
    opened = samples.opened("a.jpg", trailing)
    assert opened.remarks == (FileRemark.CLEANED,)
    assert Image.open(io.BytesIO(data)).tobytes() == shown(opened).tobytes()
    assert knows_nothing(opened.content)
    assert opened.content.endswith(b"\xff\xd9")
    for word in (b"HangMay", b"ghi chu", b"ftypmp42"):
        assert word not in opened.content


def test_a_clean_picture_keeps_its_bytes():
    for name, kind in (("a.jpg", "JPEG"), ("a.png", "PNG")):
        data = samples.picture(kind)
        opened = samples.opened(name, data)
        assert (opened.content, opened.remarks) == (data, ())
    progressive = samples.picture("JPEG", (300, 200), progressive=True, icc_profile=b"x" * 70_000)
    assert samples.opened("a.jpg", progressive).content == progressive


def test_a_png_loses_words_and_place():
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", "HangMay")
    words.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>10.341</x:xmpmeta>")
    data = photograph(orientation=1, kind="PNG", pnginfo=words)
    opened = samples.opened("a.png", data)
    assert opened.remarks == (FileRemark.CLEANED,)
    assert Image.open(io.BytesIO(data)).tobytes() == shown(opened).tobytes()
    assert b"HangMay" not in opened.content
    assert b"xmpmeta" not in opened.content
    turned = samples.opened("a.png", photograph(kind="PNG"))
    assert (shown(turned).size, shown(turned).format) == ((40, 60), "PNG")
    assert knows_nothing(turned.content)


def test_heic_becomes_an_upright_jpeg():
    opened = samples.opened("IMG_0001.HEIC", HEIC)
    assert (opened.mime, opened.name) == (content.JPEG, "IMG_0001.jpg")
    assert {FileRemark.CONVERTED, FileRemark.CLEANED} <= set(opened.remarks)
    assert (shown(opened).format, shown(opened).size) == ("JPEG", (48, 64))
    assert shown(opened).getpixel((40, 8))[1] < 120  # the red corner, turned
    assert knows_nothing(opened.content)
    assert opened.sent_sha256 == hashlib.sha256(HEIC).hexdigest()


def test_a_heic_that_does_not_open_is_told_with_the_taps():
    for data in (HEIC[:300], HEIC[:80] + bytes(600)):
        message = refusal("IMG_0001.HEIC", data)
        assert "HEIC" in message
        assert "Tương thích nhất" in message


def test_webp_becomes_a_jpeg_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(out, "WEBP", lossless=True)
    opened = samples.opened("anh.webp", out.getvalue())
    assert (opened.mime, opened.name, opened.remarks) == (content.JPEG, "anh.jpg", (FileRemark.CONVERTED,))
    assert min(shown(opened).getpixel((5, 5))) > 250


@pytest.mark.parametrize(
    ("name", "data", "kept"),
    [
        ("anh.jfif", samples.picture("JPEG"), "anh.jpg"),
        ("ANH.JFIF", samples.picture("JPEG"), "ANH.jpg"),
        ("anh.png", samples.picture("JPEG"), "anh.jpg"),
        ("anh.jpg", samples.picture("PNG"), "anh.png"),
        ("anh.jpg", HEIC, "anh.jpg"),
        ("anh.heic", samples.picture("JPEG"), "anh.jpg"),
    ],
)
def test_a_picture_is_what_it_shows_not_what_it_is_called(name, data, kept):
    assert samples.opened(name, data).name == kept


def test_a_giant_is_called_a_giant():
    message = refusal("to.png", samples.giant_png())
    assert "20000 × 20000" in message
    assert "hỏng" not in message


def test_pictures_cut_on_the_way_are_told():
    for name, data in (
        ("a.jpg", samples.picture("JPEG", (900, 700))[:2_000]),
        ("a.jpg", photograph(size=(900, 700))[:3_000]),
        ("a.png", samples.picture("PNG", (900, 700))[:200]),
    ):
        assert "bị cắt" in refusal(name, data)


def test_a_large_picture_on_its_side_is_opened_smaller():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = samples.opened("to.jpg", photograph(size=(6_000, 5_000), quality=20))
        assert FileRemark.REDUCED in opened.remarks
        assert shown(opened).size == (2_500, 3_000)


def test_a_picture_that_grows_past_the_limit_is_written_more_coarsely(settings):
    noise = Image.effect_noise((300, 300), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "WEBP", quality=60)
    finest = len(samples.opened("a.webp", out.getvalue()).content)
    settings.UPLOAD_MAX_FILE = finest - 1
    assert len(out.getvalue()) < finest
    assert len(samples.opened("a.webp", out.getvalue()).content) < finest


# ── Word and Excel ───────────────────────────────────────────────────────────────────────────────


def typed(content_type, part="word/la.bin"):
    return f'<Types><Override PartName="/{part}" ContentType="{content_type}"/></Types>'


MACROS = {
    "by name": {"word/vbaProject.bin": "x"},
    "by declared type": {"[Content_Types].xml": typed("application/vnd.ms-office.vbaProject"), "word/la.bin": "x"},
    "by relation": {"word/_rels/document.xml.rels": REL.format("http://x/2006/relationships/vbaProject", "")},
    "by its bytes": {"word/media/anh.bin": OLE + "_VBA_PROJECT".encode("utf-16-le") + bytes(90)},
    "a macro document": {"[Content_Types].xml": typed("application/vnd.ms-word.document.macroEnabled.main+xml")},
    "sheets of Excel 4": {"xl/macrosheets/sheet1.xml": "<a/>"},
    "a control": {"word/_rels/document.xml.rels": REL.format("http://x/relationships/activeXControlBinary", "")},
    "a field that starts a program": {
        "word/document.xml": "<document><instrText>DDEAUTO c:\\\\cmd.exe</instrText></document>"
    },
    "the same in small letters": {"word/document.xml": "<document><instrText>ddeauto cmd</instrText></document>"},
    "the same in pieces": {
        "word/document.xml": "<document><fldChar/><instrText> DD</instrText><instrText>E cmd</instrText></document>"
    },
    "the same in one tag": {"word/document.xml": '<document><fldSimple instr="DDE cmd"/></document>'},
    "a page whose ending is in capitals": {"word/footer.XML": "<ftr><instrText>DDE cmd</instrText></ftr>"},
    "a page that is not called one": {
        "[Content_Types].xml": typed("application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml")
    },
}


def test_fields_that_only_speak_of_it_are_taken():
    page = (
        "<document><fldChar/><instrText>PAGE add</instrText><fldChar/><instrText>e 1</instrText><t>DDE</t></document>"
    )
    assert samples.opened("don.docx", samples.docx(**{"word/document.xml": page})).mime == content.DOCX


@pytest.mark.parametrize("case", MACROS)
def test_macros_are_found_under_any_name(case):
    message = refusal("don.docx", samples.docx(**MACROS[case]))
    assert "macro" in message
    assert "Hãy lưu lại" in message


LINKED = {
    FileRemark.LINKS: REL.format("http://x/relationships/hyperlink", 'TargetMode="External"'),
    FileRemark.OUTSIDE: REL.format("http://x/relationships/attachedTemplate", 'TargetMode="External"'),
}


@pytest.mark.parametrize("remark", LINKED)
def test_what_a_word_file_fetches_is_told_to_the_officer(remark):
    assert remarks("don.docx", samples.docx(**{"word/_rels/document.xml.rels": LINKED[remark]})) == {remark}


def test_embedded_objects_are_told_to_the_officer():
    assert remarks("don.docx", samples.docx(**{"word/embeddings/a.bin": OLE})) == {FileRemark.OBJECTS}


def test_a_word_file_whose_page_has_another_name_is_one():
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    data = samples.archive({"[Content_Types].xml": typed(main, "word/document2.xml"), "word/document2.xml": "<a/>"})
    assert samples.opened("don.docx", data).mime == content.DOCX


def test_office_files_that_do_not_open_are_refused():
    assert "hỏng" in refusal("don.docx", samples.docx(**{"word/document.xml": "<document>"}))
    assert "bị cắt" in refusal("don.docx", samples.docx()[:80])
    changed = bytearray(samples.docx(**{"word/media/a": b"anh" * 900}))
    changed[changed.index(b"word/media/a") + 14] ^= 0xFF
    assert "hỏng" in refusal("don.docx", bytes(changed))
    swelling = '<!DOCTYPE a [<!ENTITY b "cccccccc">]><document>&b;</document>'
    assert "bất thường" in refusal("don.docx", samples.docx(**{"word/document.xml": swelling}))


def test_a_bomb_that_lies_about_its_size_is_refused():
    data = bytearray(samples.docx(**{"word/media/a": bytes(300 * 1024)}))
    size = struct.pack("<L", 300 * 1024)
    for _place in range(data.count(size)):
        data[data.index(size) : data.index(size) + 4] = struct.pack("<L", 10)
    assert "Hãy" in refusal("don.docx", bytes(data))


# ── kinds that are not taken, and words ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf", b"", "rỗng"),
        ("don.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90), "PDF hoặc DOCX"),
        ("tat-ca.zip", samples.archive({"a.txt": "a"}), "giải nén"),
        ("tat-ca.rar", b"Rar!\x1a\x07\x00" + bytes(90), "giải nén"),
        ("quet.tif", b"II*\0" + bytes(90), "JPEG"),
        ("phim.mp4", b"\0\0\0\x18ftypmp42" + bytes(90), "Hãy dùng tệp PDF"),
    ],
)
def test_kinds_that_are_not_taken_are_told_what_to_do(name, data, words):
    assert words in refusal(name, data)


def test_every_reason_has_its_sentence_and_every_remark_its_word():
    assert set(_SENTENCES) == set(WhyNot) - {WhyNot.UNKNOWN}
    assert {remark.value for remark in FileRemark} == {remark.value for remark in Remark}
    assert set(FileRemark) > DONE_BY_US


# ── keeping ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_what_is_kept_notes_what_was_sent():
    data = photograph()
    opened = samples.opened("a.jpg", data)
    file = services.store_upload(opened, by=UserFactory())
    file.refresh_from_db()
    assert file.sent_sha256 == hashlib.sha256(data).hexdigest()
    assert file.sha256 == hashlib.sha256(opened.content).hexdigest()
    assert set(file.remarks) == {"turned", "cleaned"}
    with keeping.opened(file) as stream:
        assert stream.read() == opened.content
    as_sent = services.store_upload(samples.opened("a.pdf", samples.PDF), by=UserFactory())
    assert (as_sent.sent_sha256, as_sent.remarks) == ("", [])


@pytest.mark.django_db
@pytest.mark.parametrize("after", [0, 1])
def test_a_store_that_fills_while_a_turned_picture_is_written_keeps_nothing_half(monkeypatch, after):
    """The disk is full at once, or after the first pieces were written."""
    written = []
    real = keeping._Encrypted.chunks

    def filling(self):
        for number, piece in enumerate(real(self)):
            if number > after:
                raise OSError(errno.ENOSPC, "No space left on device")
            written.append(piece)
            yield piece

    monkeypatch.setattr(keeping._Encrypted, "chunks", filling)
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.effect_noise((700, 700), 90).save(out, "JPEG", quality=95, exif=exif)
    opened = open_upload(samples.upload("a.jpg", out.getvalue()))
    assert opened.remarks == (FileRemark.TURNED,)
    with pytest.raises(LimitError, match="đang đầy"):
        services.store_upload(opened, by=UserFactory())
    assert len(written) == after + 1
    assert not StoredFile.objects.exists()
    folders, names = default_storage.listdir("")
    assert names == []
    assert all(
        default_storage.listdir(f"{year}/{month}")[1] == []
        for year in folders
        for month in default_storage.listdir(year)[0]
    )
    monkeypatch.undo()
