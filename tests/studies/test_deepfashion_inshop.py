"""The In-shop benchmark is read as it was published, and everything that does not fit is counted and named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from studies.public_sets.deepfashion_inshop import read_inshop
from studies.public_sets.pictures import PublicSet, clean
from studies.public_sets.report import (
    CLIPPED,
    COUNT,
    EMPTY_BOX,
    IN_BOTH,
    NO_BOX,
    NO_LIST,
    SEVERAL_BOXES,
    SEVERAL_CATEGORIES,
    SEVERAL_PRODUCTS,
    TWICE,
)
from vsearch_core.catalogue.boxes import Box
from vsearch_core.catalogue.cleaning import BROKEN_ROW, MISSING, UNREADABLE
from vsearch_core.contracts import Photo
from vsearch_core.errors import CatalogueError

Write = Callable[..., Path]
Draw = Callable[..., bytes]

DRESS = "img/WOMEN/Dresses/id_00000002/02_1_front.jpg"
SIDE = "img/WOMEN/Dresses/id_00000002/02_2_side.jpg"
DENIM = "img/MEN/Denim/id_00000080/01_1_front.jpg"
BACK = "img/MEN/Denim/id_00000080/01_3_back.jpg"
PARTITION = (
    (DRESS, "id_00000002", "train"),
    (SIDE, "id_00000002", "train"),
    (DENIM, "id_00000080", "query"),
    (BACK, "id_00000080", "gallery"),
)
BOXES = ((DRESS, 3, 1, 65, 45, 180, 200), (SIDE, 3, 2, 50, 40, 180, 200), (DENIM, 2, 1, 10, 20, 150, 180))


@pytest.fixture
def write(tmp_path: Path, draw: Draw) -> Write:
    """Writes a small copy in exactly the published form, padded as its files are."""

    def make(
        partition: Sequence[Sequence[str]] = PARTITION,
        boxes: Sequence[Sequence[object]] = BOXES,
        *,
        said: int | None = None,
        photos: Mapping[str, bytes | None] | None = None,
    ) -> Path:
        folder = tmp_path / "inshop"
        for name in ("Eval", "Anno", "Img/img"):
            (folder / name).mkdir(parents=True)
        rows = [f"{image:<70} {item:<11} {status:<10}" for image, item, status in partition]
        count = len(rows) if said is None else said
        text = "\n".join([str(count), "image_name item_id evaluation_status", *rows, ""])
        (folder / "Eval" / "list_eval_partition.txt").write_text(text)
        rows = [
            f"{image:<70} {kind} {pose} " + " ".join(f"{edge:03}" for edge in box) for image, kind, pose, *box in boxes
        ]
        text = "\n".join([str(len(rows)), "image_name clothes_type pose_type x_1 y_1 x_2 y_2", *rows, ""])
        (folder / "Anno" / "list_bbox_inshop.txt").write_text(text)
        for seed, (image, *_) in enumerate(partition):
            data = (photos or {}).get(image, draw(seed=seed, size=(192, 256)))
            if data is not None and ".." not in image:
                path = folder / "Img" / image
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        return folder

    return make


def cleaned(folder: Path) -> tuple[PublicSet, list[Photo]]:
    pictures: list[Photo] = []
    return clean(read_inshop(folder), pictures.extend, max_side=320), pictures


def found(known: PublicSet, problem: str) -> list[str]:
    findings = known.report.findings
    return findings.loc[findings["problem"] == problem, "id"].tolist()


def test_a_sound_copy_is_read_whole(write: Write) -> None:
    known, pictures = cleaned(write(boxes=[*BOXES, (BACK, 2, 3, 10, 20, 150, 180)]))
    rows = known.rows
    assert rows["photo"].tolist() == [DRESS, SIDE, DENIM, BACK]
    assert rows["product"].tolist() == ["id_00000002", "id_00000002", "id_00000080", "id_00000080"]
    assert rows["role"].tolist() == ["train", "train", "query", "gallery"]
    assert rows["part"].tolist() == ["train", "train", "test", "test"]
    assert rows["category"].tolist() == ["WOMEN/Dresses", "WOMEN/Dresses", "MEN/Denim", "MEN/Denim"]
    assert rows["box"].tolist()[0] == Box(65, 45, 180, 200)
    assert pictures[0].pixels.shape == (155, 115, 3)
    assert known.report.summary()[1:] == ["Nothing wrong was found."]


def test_pictures_may_lie_beside_the_lists(write: Write) -> None:
    folder = write()
    (folder / "Img" / "img").rename(folder / "img")
    for name in ("Eval/list_eval_partition.txt", "Anno/list_bbox_inshop.txt"):
        (folder / name).rename(folder / Path(name).name)
    assert len(cleaned(folder)[0].rows) == 4


def test_a_picture_without_a_usable_box_is_kept_whole_and_counted(write: Write) -> None:
    boxes = [(DRESS, 3, 1, 300, 45, 400, 200), (SIDE, 3, 2, 50, 40, 1800, 200), (DENIM, 2, 1, 10, 20, 10, 180)]
    known, pictures = cleaned(write(boxes=boxes))
    assert len(known.rows) == len(pictures) == 4
    assert found(known, EMPTY_BOX) == [DRESS, DENIM]
    assert found(known, CLIPPED) == [SIDE]
    assert found(known, NO_BOX) == [BACK]
    assert pictures[0].pixels.shape == (256, 192, 3)
    assert pictures[1].pixels.shape == (160, 142, 3)


def test_without_the_list_of_boxes_all_pictures_are_whole(write: Write) -> None:
    folder = write()
    (folder / "Anno" / "list_bbox_inshop.txt").unlink()
    known, _ = cleaned(folder)
    assert found(known, NO_LIST) == ["list_bbox_inshop.txt"]
    assert found(known, NO_BOX) == []
    assert known.rows["box"].isna().all()


def test_of_several_boxes_the_largest_is_kept(write: Write) -> None:
    known, _ = cleaned(write(boxes=[*BOXES, (DRESS, 1, 1, 60, 45, 180, 200), (BACK, 2, 3, 0, 0, 99, 99)]))
    assert known.rows["box"].tolist()[0] == Box(60, 45, 180, 200)
    assert found(known, SEVERAL_BOXES) == [DRESS]


def test_a_picture_that_is_listed_again_counts_as_it_came_first(write: Write) -> None:
    known, _ = cleaned(write([*PARTITION, (DENIM, "id_00000080", "query"), (BACK, "id_00000002", "gallery")]))
    assert len(known.rows) == 4
    assert known.rows["product"].tolist()[3] == "id_00000080"
    assert found(known, TWICE) == [DENIM]
    assert found(known, SEVERAL_PRODUCTS) == [BACK]


def test_an_item_under_two_categories_is_taken_as_the_one_with_most_of_its_pictures(write: Write) -> None:
    other = "img/WOMEN/Skirts/id_00000002/02_3_back.jpg"
    known, _ = cleaned(write([*PARTITION, (other, "id_00000002", "train")]))
    assert known.rows["category"].tolist()[-1] == "WOMEN/Dresses"
    assert found(known, SEVERAL_CATEGORIES) == ["id_00000002"]


def test_rows_that_do_not_fit_and_wrong_counts_are_named(write: Write) -> None:
    folder = write([*PARTITION, ("img/x.jpg", "id_1", "validation")], said=52712)
    with (folder / "Anno" / "list_bbox_inshop.txt").open("a") as lines:
        lines.write(f"{BACK} 1 1 10 20\n{BACK} 1 1 a b c d\n")
    known, _ = cleaned(folder)
    assert found(known, BROKEN_ROW) == [
        "list_eval_partition.txt:7",
        "list_bbox_inshop.txt:6",
        "list_bbox_inshop.txt:7",
    ]
    assert found(known, COUNT) == ["list_eval_partition.txt", "list_bbox_inshop.txt"]


def test_an_item_in_training_and_test_is_reported(write: Write) -> None:
    other = "img/WOMEN/Dresses/id_00000002/02_4_full.jpg"
    known, _ = cleaned(write([*PARTITION, (other, "id_00000002", "gallery")]))
    assert found(known, IN_BOTH) == ["id_00000002"]


def test_paths_lead_nowhere_else(write: Write, tmp_path: Path, draw: Draw) -> None:
    (tmp_path / "secret.jpg").write_bytes(draw(seed=5))
    outside = ("../../secret.jpg", "img/../../../secret.jpg", str(tmp_path / "secret.jpg"))
    known, _ = cleaned(write([*PARTITION, *((path, "id_9", "gallery") for path in outside[:2])]))
    folder = tmp_path / "inshop"
    assert found(known, UNREADABLE) == list(outside[:2])
    with (folder / "Eval" / "list_eval_partition.txt").open("a") as lines:
        lines.write(f"{outside[2]} id_9 gallery\n")
    assert found(cleaned(folder)[0], UNREADABLE) == list(outside)


def test_missing_and_unreadable_pictures_are_left_out_and_counted(write: Write) -> None:
    known, _ = cleaned(write(photos={SIDE: None, BACK: b"nothing"}))
    assert known.rows["photo"].tolist() == [DRESS, DENIM]
    assert found(known, MISSING) == [SIDE]
    assert found(known, UNREADABLE) == [BACK]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (lambda folder: (folder / "Eval").rename(folder / "other"), "list_eval_partition"),
        (lambda folder: (folder / "Img").rename(folder / "other"), "img.zip"),
        (lambda folder: (folder / "Eval/list_eval_partition.txt").write_text(""), "does not begin"),
        (lambda folder: (folder / "Eval/list_eval_partition.txt").write_text("4\n1\n"), "does not begin"),
        (lambda folder: (folder / "Eval/list_eval_partition.txt").write_text("0\nimage_name x\n"), "no row"),
        (lambda folder: (folder / "Anno/list_bbox_inshop.txt").write_bytes(b"\0\1"), "does not begin"),
    ],
    ids=["no list", "no pictures", "empty", "no names", "no rows", "boxes"],
)
def test_what_is_not_there_is_said_in_one_sentence(write: Write, broken: Callable[[Path], object], words: str) -> None:
    folder = write()
    broken(folder)
    with pytest.raises(CatalogueError, match=words) as error:
        read_inshop(folder)
    assert error.value.message.endswith(".")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="There is no folder"):
        read_inshop(tmp_path / "nowhere")
