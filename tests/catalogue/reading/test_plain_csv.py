"""Any shop's CSV becomes a catalogue; what had to be mended or left out is reported."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.reading.cells import clean, normal_header
from vsearch_core.catalogue.reading.plain_csv import read_csv
from vsearch_core.catalogue.reading.rows import MAX_CELL
from vsearch_core.catalogue.table import COLUMNS, Catalogue
from vsearch_core.errors import CatalogueError


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "corner shop"
    folder.mkdir()
    return folder


def read(folder: Path, content: str | bytes) -> Catalogue:
    path = folder / "goods.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_csv(path)


def refusal(folder: Path, content: str | bytes) -> CatalogueError:
    with pytest.raises(CatalogueError) as caught:
        read(folder, content)
    return caught.value


def problems(catalogue: Catalogue) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.id, problem.done) for problem in catalogue.problems]


def test_known_columns_come_first_and_own_columns_are_kept(shop: Path) -> None:
    catalogue = read(shop, "fabric,id,Image,name,price,Barcode\nwool,7,a.jpg,Hat,12.5,00123\n")
    assert list(catalogue.products.columns) == [*COLUMNS, "fabric", "barcode"]
    row = catalogue.products.iloc[0]
    assert (row["id"], row["image"], row["name"], row["price"]) == ("7", "a.jpg", "Hat", 12.5)
    assert (row["fabric"], row["barcode"]) == ("wool", "00123")
    assert row["category"] == ""
    assert catalogue.name == "corner shop"
    assert catalogue.problems == ()


def test_images_are_read_relative_to_the_csv(shop: Path) -> None:
    (shop / "pics").mkdir()
    (shop / "pics" / "a.jpg").write_bytes(b"jpeg")
    catalogue = read(shop, "id,image\n1,pics\\a.jpg\n")
    assert catalogue.images.read(catalogue.products["image"].iat[0]) == b"jpeg"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found(shop: Path, separator: str) -> None:
    catalogue = read(
        shop, separator.join(["id", "image", "name"]) + "\n" + separator.join(["1", "a.jpg", "Hat"]) + "\n"
    )
    assert catalogue.products["name"].tolist() == ["Hat"]


def test_a_separator_inside_quotes_is_text(shop: Path) -> None:
    catalogue = read(shop, 'id;image;"name, full"\n1;a.jpg;"Hat; red, ""round"""\n')
    assert catalogue.products["name, full"].tolist() == ['Hat; red, "round"']


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_are_found(shop: Path, encoding: str) -> None:
    catalogue = read(shop, "id,image,name\n1,a.jpg,Jäckchen für Zoë – 5 €\n".encode(encoding))
    assert catalogue.products["name"].tolist() == ["Jäckchen für Zoë – 5 €"]


@pytest.mark.parametrize(
    "header", ["ID,IMAGE,Product Type,COLOR", " id , image ,product-type,Colour", "Id,Image,PRODUCT_TYPE,color"]
)
def test_known_headers_are_found_however_they_are_written(shop: Path, header: str) -> None:
    catalogue = read(shop, f"{header}\n1,a.jpg,Hats,Red\n")
    assert catalogue.products.loc[0, ["product_type", "colour"]].tolist() == ["Hats", "Red"]


def test_na_is_a_value(shop: Path) -> None:
    assert read(shop, "id,image,season,size\n1,a.jpg,NA,null\n").products.loc[0, ["season", "size"]].tolist() == [
        "NA",
        "null",
    ]


def test_columns_of_the_same_name_are_all_kept(shop: Path) -> None:
    catalogue = read(shop, "id,image,Name,name,size,size,,\n1,a.jpg,x,y,s,m,p,q\n")
    own = dict(catalogue.products.iloc[0].drop(list(COLUMNS)))
    assert catalogue.products["name"].iat[0] == "x"
    assert own == {"name (2)": "y", "size": "s", "size (2)": "m", "column 7": "p", "column 8": "q"}


def test_prices_with_signs_and_commas(shop: Path) -> None:
    catalogue = read(shop, "id;image;price\n1;a;1.299,00 €\n2;b;9,50 €\n3;c;\n4;d;on request\n")
    prices = catalogue.products["price"].tolist()
    assert prices[:2] == [1299.0, 9.5]
    assert all(math.isnan(price) for price in prices[2:])
    assert problems(catalogue) == [(5, "4", "taken as unknown")]
    assert read(shop, "id;image;price\n1;a;1.299,00 €\n2;b;9,50 €\n").currency == "€"


def test_rows_without_id_or_image_and_repeated_ids_are_left_out_and_said(shop: Path) -> None:
    catalogue = read(shop, "id,image\n1,a.jpg\n,b.jpg\n2,\n1,c.jpg\n\n3,d.jpg\n")
    assert catalogue.products["id"].tolist() == ["1", "3"]
    assert catalogue.products["image"].tolist() == ["a.jpg", "d.jpg"]
    assert problems(catalogue) == [(3, "", "left out"), (4, "2", "left out"), (5, "1", "left out")]


def test_short_and_long_rows_are_mended_and_said(shop: Path) -> None:
    catalogue = read(shop, "id,image,name\n1,a.jpg\n2,b.jpg,Hat,extra,more\n")
    assert catalogue.products["name"].tolist() == ["", "Hat"]
    assert [line for line, _, _ in problems(catalogue)] == [2, 3]


def test_lines_are_counted_as_an_editor_shows_them(shop: Path) -> None:
    catalogue = read(shop, 'id,image,name\r\n1,a.jpg,"two\r\nlines"\r\n,b.jpg,x\r\n')
    assert problems(catalogue) == [(4, "", "left out")]


def test_nul_characters_are_removed_and_said(shop: Path) -> None:
    catalogue = read(shop, "id,image,name\n1,a.jpg,H\0at\n" + "2,b.jpg,Coat\n" * 1)
    assert catalogue.products["name"].tolist() == ["Hat", "Coat"]
    assert problems(catalogue)[0] == (2, "", "removed")


def test_an_endless_cell_is_cut_and_said(shop: Path) -> None:
    catalogue = read(shop, f"id,image,note\n1,a.jpg,{'x' * 1_000_000}\n2,b.jpg,short\n")
    assert catalogue.products["note"].map(len).tolist() == [MAX_CELL, 5]
    assert problems(catalogue) == [(2, "1", f"cut to {MAX_CELL:,}")]


@pytest.mark.parametrize("lines", [3, 232, 5_000])
def test_a_quoted_cell_of_any_number_of_lines_is_read(shop: Path, lines: int) -> None:
    table = "\n".join(f"<tr><td>EU {number}</td></tr>" for number in range(lines))
    catalogue = read(shop, f'id,image,note\n1,a.jpg,"{table}"\n2,b.jpg,"a ""table"", again\n{table}"\n3,c.jpg,x\n')
    assert catalogue.products["id"].tolist() == ["1", "2", "3"]
    assert catalogue.products["note"].tolist()[0] == table[:MAX_CELL]
    assert catalogue.products["note"].tolist()[1].startswith('a "table", again\n<tr>')


def test_a_table_in_a_cell_is_no_table_of_products(shop: Path) -> None:
    sizes = "Size,Chest,Waist\nS,90,70\nM,95,75\nL,100,80"
    catalogue = read(shop, f'id,image,note\n1,a.jpg,"{sizes}"\n2,b.jpg,x\n')
    assert catalogue.products["note"].tolist() == [sizes, "x"]
    assert catalogue.problems == ()


@pytest.mark.parametrize(
    "behind",
    [
        pytest.param("".join(f"{i},{i}.jpg,x\n" for i in range(500)), id="no further mark"),
        pytest.param('0,0.jpg,"closed"\n' + "".join(f"{i},{i}.jpg,x\n" for i in range(1, 500)), id="a quoted cell"),
        pytest.param("".join(f'{i},{i}.jpg,"all quoted"\n' for i in range(500)), id="quoted cells"),
        pytest.param(
            "".join(f"{i},{i}.jpg,x\n" for i in range(499)) + '499,499.jpg,heel of 3"\n',
            id="an inch mark at a row's end",
        ),
    ],
)
def test_a_quotation_mark_that_never_closes_costs_no_other_row(shop: Path, behind: str) -> None:
    catalogue = read(shop, f'id,image,name\nA,a.jpg,fine\nB,b.jpg,"never closed\n{behind}')
    assert catalogue.products["id"].tolist() == ["A", "B", *map(str, range(500))]
    assert catalogue.products["name"].tolist()[1] == "never closed"
    assert problems(catalogue) == [(3, "B", "taken as text")]


def test_a_mark_before_a_separator_stands_for_itself(shop: Path) -> None:
    catalogue = read(shop, 'id,image,name,colour\nA,a.jpg,"never closed,red\nB,b.jpg,x,blue\n')
    assert catalogue.products["name"].tolist() == ["never closed", "x"]
    assert catalogue.products["colour"].tolist() == ["red", "blue"]


def test_a_file_that_was_cut_inside_a_cell_keeps_what_is_there(shop: Path) -> None:
    catalogue = read(shop, 'id,image,note\n1,a.jpg,x\n2,b.jpg,"<p>one\n<p>two\n<p>thr')
    assert catalogue.products["note"].tolist() == ["x", "<p>one\n<p>two\n<p>thr"]
    assert problems(catalogue) == [(3, "2", "taken as text")]


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "sep=;\r"])
def test_excels_line_on_the_separator_is_no_row(shop: Path, first: str) -> None:
    catalogue = read(shop, f"\ufeff{first}\nid;image;name, full\n1;a.jpg;Hat, red\n;b.jpg;x\n")
    assert catalogue.products["name, full"].tolist() == ["Hat, red"]
    assert problems(catalogue) == [(4, "", "left out")]


def test_a_line_that_names_the_wrong_separator_is_not_believed(shop: Path) -> None:
    assert len(read(shop, "sep=,\nid;image;name\n1;a.jpg;Hat\n")) == 1
    assert len(read(shop, "sep=~\nid~image~name\n1~a.jpg~Hat\n")) == 1


def test_stray_blanks_and_spellings_of_one_letter_are_evened_out(shop: Path) -> None:
    header = "\u200bID\u00a0;\ufeffimage ;Product\u00a0 Type;Heel\u00a0height"
    row = "\u00a07\u200b;\u00a0a  b.jpg ;\u2003Cafe\u0301\u00a0 hat\u00ad ;10  cm "
    products = read(shop, f"{header}\n{row}\n").products
    row_read = products.iloc[0]
    assert (row_read["id"], row_read["image"]) == ("7", "a  b.jpg")
    assert (row_read["product_type"], row_read["Heel height"]) == ("Café hat", "10 cm")


def test_columns_that_differ_by_case_and_blanks_are_named(shop: Path) -> None:
    catalogue = read(shop, "id,image,Name,name,Heel Height,heel_height\n1,a.jpg,x,y,s,m\n")
    own = dict(catalogue.products.iloc[0].drop(list(COLUMNS)))
    assert catalogue.products["name"].iat[0] == "x"
    assert own == {"name (2)": "y", "Heel Height": "s", "heel_height (2)": "m"}
    said = [problem.problem for problem in catalogue.problems]
    assert len(said) == 2
    assert "'Name' and 'name'" in said[0]
    assert "'Heel Height' and 'heel_height'" in said[1]


def test_thousands_of_columns_of_one_name_are_all_kept_and_named_once(shop: Path) -> None:
    catalogue = read(shop, "id,image" + ",size" * 5_000 + "\n1,a.jpg" + ",m" * 5_000 + "\n")
    assert len(catalogue.products.columns) == len(COLUMNS) + 5_000
    assert catalogue.products.columns.is_unique
    assert catalogue.products.columns[-1] == "size (5000)"
    assert len(catalogue.problems) == 1
    assert "5,000 columns have one name" in catalogue.problems[0].problem


def test_a_price_in_another_currency_than_the_shops_is_named_and_unknown(shop: Path) -> None:
    catalogue = read(shop, "id,image,price\n1,a,€ 10\n2,b,$ 30\n3,c,€ 20\n")
    assert catalogue.currency == "€"
    assert catalogue.products["price"].tolist()[::2] == [10.0, 20.0]
    assert math.isnan(catalogue.products["price"].iat[1])
    assert "'$ 30' is in $" in catalogue.problems[0].problem


def test_a_column_may_name_the_currency(shop: Path) -> None:
    assert read(shop, "id,image,price,Currency\n1,a,10,USD\n2,b,12,USD\n").currency == "$"


def test_what_a_column_of_prices_does_not_show_is_a_remark(shop: Path) -> None:
    assert "thousands point" in read(shop, "id,image,price\n1,a,1.299\n").remarks[0]
    assert read(shop, "id,image,price\n1,a,1.299\n2,b,899\n").remarks == ()


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "catalogue_empty", "empty"),
        (b" \n\n", "catalogue_empty", "empty"),
        (b"id,image\n", "catalogue_empty", "no products"),
        (b"id,image\n,\n", "catalogue_empty", "no products"),
        (b"id,picture,name\n1,a,b\n", "missing_column", "no column image; its columns are: id, picture, name"),
        (b"sku,picture\n1,a\n", "missing_column", "no column id and no column image"),
        (b"PK\x03\x04" + bytes(range(256)) * 8, "not_text", "not a text file"),
        (bytes(5000), "not_text", "not a text file"),
    ],
)
def test_what_is_no_catalogue_is_refused_in_one_sentence(shop: Path, content: bytes, code: str, words: str) -> None:
    error = refusal(shop, content)
    assert error.code == code
    assert words in error.message
    assert error.message.count("\n") == 0


def test_a_file_that_is_not_there(shop: Path) -> None:
    for path in (shop / "none.csv", shop):
        with pytest.raises(CatalogueError) as caught:
            read_csv(path)
        assert caught.value.code == "no_such_file"


def test_the_drawn_sample_shop_is_known_by_its_note(shop: Path) -> None:
    (shop / "sample.json").write_text(json.dumps({"sample": True, "name": "Drawn", "currency": "€"}), encoding="utf-8")
    catalogue = read(shop, "id,image\n1,a.jpg\n")
    assert (catalogue.sample, catalogue.name, catalogue.currency) == (True, "Drawn", "€")
    (shop / "sample.json").write_text("{broken", encoding="utf-8")
    assert refusal(shop, "id,image\n1,a.jpg\n").code == "bad_sample"


def test_the_hierarchy_holds_the_usual_place_of_each_product_type(shop: Path) -> None:
    rows = "1,a,Apparel,Hats,Cap\n2,b,Apparel,Hats,Cap\n3,c,Sport,Gear,Cap\n4,d,,,Sock\n"
    catalogue = read(shop, "id,image,department,category,product_type\n" + rows)
    assert catalogue.hierarchy == {"Cap": ("Apparel", "Hats")}
    assert catalogue.products["category"].tolist() == ["Hats", "Hats", "Gear", ""]


def test_a_folder_with_a_catalogue_csv_is_a_catalogue(shop: Path) -> None:
    (shop / "catalogue.csv").write_text("id,image\n1,a.jpg\n", encoding="utf-8")
    assert len(read_catalogue(shop)) == 1
    assert read_catalogue(shop / "catalogue.csv", name="Mine").name == "Mine"


def test_a_folder_without_a_catalogue_is_refused(shop: Path) -> None:
    with pytest.raises(CatalogueError, match=r"neither styles\.csv"):
        read_catalogue(shop)


LETTERS = st.characters(exclude_categories=["Cs", "Cc"])
CELL = st.text(LETTERS | st.sampled_from("\n\r\t"), max_size=12)
HEADER = st.text(LETTERS, max_size=8).map(str.strip)


@given(
    headers=st.lists(
        HEADER.map(clean).filter(lambda name: name and name.isascii() is False), max_size=3, unique_by=normal_header
    ),
    rows=st.lists(st.tuples(st.integers(0, 5), st.lists(CELL, min_size=3, max_size=3)), min_size=1, max_size=8),
    separator=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@settings(max_examples=80, deadline=None)
def test_any_table_that_a_program_writes_comes_back(
    headers: list[str],
    rows: list[tuple[int, list[str]]],
    separator: str,
    encoding: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["id", "image", *headers])
    for id, cells in rows:
        writer.writerow([id, f"{id}.jpg", *cells[: len(headers)]])
    path = tmp_path_factory.mktemp("any") / "goods.csv"
    path.write_bytes(out.getvalue().encode(encoding))

    catalogue = read_csv(path)

    first = {str(id): cells for id, cells in reversed(rows)}
    assert catalogue.products["id"].is_unique
    assert catalogue.products["id"].tolist() == list(dict.fromkeys(str(id) for id, _ in rows))
    assert list(catalogue.products.columns) == [*COLUMNS, *headers]
    for position, header in enumerate(headers):
        assert catalogue.products[header].tolist() == [clean(first[id][position]) for id in catalogue.products["id"]]
    assert len(catalogue.problems) == len(rows) - len(first)


@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: ("id,image\n" + text).encode()))
@settings(max_examples=150, deadline=None)
def test_any_file_is_a_catalogue_or_refused(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "anything.csv"
    path.write_bytes(content)
    try:
        catalogue = read_csv(path)
    except CatalogueError:
        return
    assert catalogue.products["id"].is_unique
    assert (catalogue.products["id"] != "").all()
    assert (catalogue.products["image"] != "").all()
    assert list(catalogue.products.columns[: len(COLUMNS)]) == list(COLUMNS)
    assert catalogue.products.columns.is_unique
