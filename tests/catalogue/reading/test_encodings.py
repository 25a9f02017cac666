"""A file's encoding is told by its form or by its letters; a guess is named, and a bad byte spoils one cell."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.catalogue.reading.encodings import decode
from vsearch_core.catalogue.reading.plain_csv import read_csv
from vsearch_core.catalogue.table import Catalogue

NAMES = {
    "cp1251": ["Зимняя куртка", "Туфли на каблуке", "Кожаный ремень", "Чёрный", "Сумка женская"],
    "koi8-r": ["Зимняя куртка", "Платье летнее", "Кожаный ремень", "Чёрный", "Обувь"],
    "cp1250": ["Kurtka zimowa męska", "Spódnica dżinsowa", "Żółta sukienka", "Płaszcz wełniany", "Różowy"],
    "iso8859-2": ["Spódnica dżinsowa", "Buty na obcasie", "Płaszcz wełniany", "Śliwkowa bluzka", "Błękitny"],
    "cp1252": ["Jäckchen für Mädchen", "Größe", "Robe brodée", "Écharpe", "Blå trøje", "Pantalón"],
    "cp1253": ["Χειμερινό μπουφάν", "Γυναικεία παπούτσια", "Δερμάτινη ζώνη", "Κόκκινο φόρεμα"],
    "cp1254": ["Kışlık mont", "Kadın ayakkabı", "Kırmızı", "Yeşil gömlek", "Çanta", "Ağaç düğme"],
    "cp1257": ["Žieminė striukė", "Mėlyna suknelė", "Žalia rankinė", "Džinsai vyrams", "Moteriški batai"],
    "cp1255": ["מעיל חורף", "נעלי נשים", "חגורת עור", "שמלה", "כחול"],
    "cp1256": ["سترة شتوية", "أحذية نسائية", "حزام جلد", "فستان", "أزرق"],
    "cp932": ["冬用ジャケット", "レディース靴", "革ベルト", "ワンピース"],
    "gb18030": ["冬季夹克", "女士鞋", "皮带", "连衣裙", "男士衬衫"],
    "big5": ["冬季夾克", "皮帶", "連衣裙", "紅色上衣", "男士襯衫"],
    "cp949": ["겨울 자켓", "여성 신발", "가죽 벨트", "원피스"],
    "cp866": ["Зимняя куртка", "Туфли на каблуке", "Кожаный ремень"],
}


def written(names: list[str], encoding: str) -> bytes:
    rows = "".join(f"{number};{number}.jpg;{name};12,50 €\r\n" for number, name in enumerate(names))
    text = f"id;image;name;price\r\n{rows}"
    if encoding not in ("utf-8", "cp1252"):
        text = text.replace(" €", "")
    return text.encode(encoding)


def read(folder: Path, data: bytes) -> Catalogue:
    (folder / "goods.csv").write_bytes(data)
    return read_csv(folder / "goods.csv")


@pytest.mark.parametrize("encoding", NAMES)
def test_a_code_page_is_told_by_its_letters_and_the_guess_is_named(encoding: str, tmp_path: Path) -> None:
    catalogue = read(tmp_path, written(NAMES[encoding], encoding))
    assert catalogue.products["name"].tolist() == NAMES[encoding]
    assert catalogue.encoding == encoding
    assert len(catalogue.remarks) == 1
    assert "was guessed" in catalogue.remarks[0]
    assert NAMES[encoding][0] in catalogue.remarks[0]


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp1250", "cp1252", "cp1253", "cp1254", "cp932", "cp949"])
def test_three_names_are_enough(encoding: str, tmp_path: Path) -> None:
    names = NAMES[encoding][:3]
    assert read(tmp_path, written(names, encoding)).products["name"].tolist() == names


def test_of_code_pages_that_read_the_same_the_most_usual_is_named(tmp_path: Path) -> None:
    assert read(tmp_path, written(["Grün", "Jäckchen"], "cp1252")).encoding == "cp1252"
    assert read(tmp_path, b"id,image,name\n1,a.jpg,Gr\xfcn\n").encoding == "cp1252"


@pytest.mark.parametrize("sign", ["12 €", "£ 12", "“Soft” shirt", "Brand™ shoe", "30 °C – gentle", "20 × 30"])
def test_signs_alone_are_western(sign: str, tmp_path: Path) -> None:
    catalogue = read(tmp_path, f"id,image,note\n1,a.jpg,{sign}\n".encode("cp1252"))
    assert catalogue.products["note"].tolist() == [sign]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-32-le", b"\xff\xfe\0\0"),
    ],
)
def test_what_is_told_by_its_form_is_not_a_guess(encoding: str, mark: bytes, tmp_path: Path) -> None:
    catalogue = read(tmp_path, mark + "id,image,name\n1,a.jpg,Зимняя Jäckchen 冬\n".encode(encoding))
    assert catalogue.products["name"].tolist() == ["Зимняя Jäckchen 冬"]
    assert catalogue.remarks == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeros_and_named(encoding: str, tmp_path: Path) -> None:
    catalogue = read(tmp_path, "id,image,name\n1,a.jpg,Jäckchen\n".encode(encoding))
    assert catalogue.products["name"].tolist() == ["Jäckchen"]
    assert "UTF-16" in catalogue.remarks[0]


def test_one_bad_byte_spoils_one_cell_and_is_named_with_row_and_column(tmp_path: Path) -> None:
    names = ["Jäckchen", "Größe", "Gürtel"]
    data = written(names, "utf-8").replace("Größe".encode(), b"Gr\xf6\xdfe")
    catalogue = read(tmp_path, data)
    assert catalogue.products["name"].tolist() == ["Jäckchen", "Gr\ufffd\ufffde", "Gürtel"]
    assert catalogue.products["price"].tolist() == [12.5, 12.5, 12.5]
    (problem,) = catalogue.problems
    assert (problem.line, problem.id) == (3, "1")
    assert "'name'" in problem.problem
    assert "UTF-8 was guessed" in catalogue.remarks[0]


def test_a_file_cut_inside_a_letter_keeps_its_encoding(tmp_path: Path) -> None:
    catalogue = read(tmp_path, "id,image,name\n1,a.jpg,Größe\n2,b.jpg,Jäckchenü".encode()[:-1])
    assert catalogue.products["name"].tolist() == ["Größe", "Jäckchen\ufffd"]


def test_a_byte_that_a_code_page_lacks_spoils_one_cell(tmp_path: Path) -> None:
    data = written(NAMES["cp1252"], "cp1252").replace(b"Gr\xf6\xdfe", b"Gr\x81\xdfe")
    catalogue = read(tmp_path, data)
    assert catalogue.products["name"].tolist()[:3] == ["Jäckchen für Mädchen", "Gr\ufffdße", "Robe brodée"]
    assert "0x81" in catalogue.problems[0].problem


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_text_that_can_be_written_back(data: bytes) -> None:
    found = decode(data)
    if "\ufffd" not in found.text:  # else an encoding of several bytes a letter stumbled
        whole = data[: found.mark] + found.encoded(found.text)
        assert data.startswith(whole) or found.encoding in ("cp932", "euc-jp", "cp949", "big5", "gb18030")
        assert len(data) - len(whole) < 4


@given(
    encoding=st.sampled_from(["cp1251", "cp1250", "cp1252", "cp1253", "cp1254", "koi8-r", "utf-8", "utf-8-sig"]),
    order=st.randoms(use_true_random=False),
    separator=st.sampled_from([",", ";", "\t"]),
    notes=st.lists(st.text(st.sampled_from('ab ,;\t"\n'), max_size=20), min_size=5, max_size=5),
)
@settings(max_examples=60, deadline=None)
def test_a_csv_that_is_written_in_an_encoding_reads_back_the_same(
    encoding: str, order, separator: str, notes: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    names = list(NAMES.get(encoding, NAMES["cp1252"] + NAMES["cp1251"]))
    order.shuffle(names)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["id", "image", "name", "note"])
    for number, name in enumerate(names):
        writer.writerow([number, f"{number}.jpg", name, f"x{notes[number % 5]}x"])
    catalogue = read(tmp_path_factory.mktemp("any"), out.getvalue().encode(encoding))
    assert catalogue.products["name"].tolist() == names
    blanks_evened = [" ".join(f"x{notes[number % 5]}x".split()) for number in range(len(names))]
    assert [" ".join(note.split()) for note in catalogue.products["note"]] == blanks_evened
