"""A photo is kept only with consent, small and without metadata, and goes with all that points to it."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import func, select

from tests.journal.queries import recent
from tests.waiting import until
from vsearch_core.contracts import Item, Photo, SearchResult
from vsearch_core.database import Database, file_of
from vsearch_core.errors import DatabaseError
from vsearch_core.images import decode
from vsearch_core.journal import Consented, Encoded, Journal, PhotoFolder, Query, Request, embedding_of
from vsearch_core.journal import Photo as Kept
from vsearch_core.journal.writer import PHOTOS_WAITING

ROOT = Path(__file__).resolve().parent.parent.parent

Make = Callable[..., SearchResult]
Hold = Callable[[], Callable[[], None]]


def _photo(seed: int = 0, width: int = 700, height: int = 500) -> Photo:
    """A photo as a phone sends it: with EXIF that names a place and a person."""
    small = np.random.default_rng(seed).integers(0, 255, (5, 7, 3), dtype=np.uint8)
    picture = Image.fromarray(small).resize((width, height))
    exif = Image.Exif()
    exif[0x013B], exif[0x010F] = "Jane Doe", "PhoneMaker"
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=exif, quality=95)
    return decode(file.getvalue())


@pytest.fixture
def folder(tmp_path: Path) -> PhotoFolder:
    return PhotoFolder(tmp_path / "photos")


@pytest.fixture
def keeping(database: Database, folder: PhotoFolder) -> Iterator[Journal]:
    """A journal that keeps photos."""
    journal = Journal(database, photos=folder.path, keep_days=30)
    yield journal
    journal.close()


def _note(journal: Journal, result: SearchResult, photo: Photo | None = None, session: str = "s") -> str:
    consented = Consented(photo, "2026-11") if photo else None
    return journal.record(result, Request(source="upload", session=session, model="m"), consented)


def _hashes(journal: Journal) -> dict[str, str | None]:
    assert journal.flush()
    frame = recent(journal)
    return {
        id: photo if isinstance(photo, str) else None for id, photo in zip(frame["id"], frame["photo"], strict=True)
    }


def _rows(database: Database) -> int:
    with database.session() as session:
        return session.scalar(select(func.count()).select_from(Kept)) or 0


def _files(folder: PhotoFolder) -> list[Path]:
    return [path for path in folder.path.rglob("*") if path.is_file()]


def _all_bytes(*places: Path) -> bytes:
    """Everything that lies in files below these folders."""
    return b"".join(path.read_bytes() for place in places for path in place.rglob("*") if path.is_file())


def test_without_consent_nothing_of_the_photo_is_anywhere(
    keeping: Journal, folder: PhotoFolder, database: Database, result: Make, tmp_path: Path
) -> None:
    photo, answer = _photo(), result()
    id = _note(keeping, answer)
    assert _hashes(keeping) == {id: None}
    assert _files(folder) == []
    assert _rows(database) == 0
    encoded = Encoded.of(photo.pixels)
    written = _all_bytes(tmp_path)
    for trace in (encoded.data[200:260], encoded.hash.encode(), answer.analysis.embedding.astype("<f2").tobytes()):
        assert trace not in written


def test_with_consent_a_small_jpeg_without_metadata_is_kept_under_the_name_of_its_content(
    keeping: Journal, folder: PhotoFolder, database: Database, result: Make
) -> None:
    id = _note(keeping, result(), _photo())
    hash = _hashes(keeping)[id]
    assert hash is not None
    data = keeping.photo(hash)
    assert data is not None
    assert hashlib.sha256(data).hexdigest() == hash
    assert _files(folder) == [folder.path / hash[:2] / f"{hash}.jpg"]
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (512, 366))
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Jane" not in data
    assert b"Phone" not in data
    with database.session() as session:
        row = session.get(Kept, hash)
    assert row is not None
    assert (row.consent, row.width, row.height) == ("2026-11", 512, 366)
    assert row.expires - row.time == timedelta(days=30)
    assert np.allclose(embedding_of(row.embedding or b""), result().analysis.embedding, atol=1e-3)


def test_only_the_owner_of_the_program_may_read_the_photos(keeping: Journal, folder: PhotoFolder, result: Make) -> None:
    _note(keeping, result(), _photo())
    assert keeping.flush()
    assert [stat.S_IMODE(file.stat().st_mode) for file in _files(folder)] == [0o600]
    assert {stat.S_IMODE(place.stat().st_mode) for place in (folder.path, *folder.path.iterdir())} == {0o700}


def test_a_journal_without_a_folder_keeps_no_photo_whoever_agrees(journal: Journal, result: Make) -> None:
    id = _note(journal, result(), _photo())
    assert _hashes(journal) == {id: None}
    assert journal.forget(session="s")


def test_one_who_agrees_after_the_search_has_that_photo_kept(keeping: Journal, result: Make) -> None:
    id = _note(keeping, result())
    keeping.keep(id, Consented(_photo(), "2026-11"), result().analysis.embedding, session="s")
    assert _hashes(keeping)[id] == Encoded.of(_photo().pixels).hash


def test_garments_that_are_found_later_leave_the_kept_photo_as_it_is(keeping: Journal, result: Make) -> None:
    id = _note(keeping, result(), _photo())
    keeping.note_items(id, [Item("bag", "bag", 0.5, (0.0, 0.0, 9.0, 9.0))], session="s")
    assert _hashes(keeping)[id] == Encoded.of(_photo().pixels).hash
    assert [one["label"] for one in recent(keeping).iloc[0]["items"]] == ["bag"]


def test_a_photo_for_a_query_that_is_not_there_is_not_kept(
    keeping: Journal, folder: PhotoFolder, database: Database, result: Make
) -> None:
    keeping.keep("none", Consented(_photo(), "2026-11"), result().analysis.embedding, session="s")
    assert keeping.flush()
    assert (_files(folder), _rows(database), keeping.health().lost) == ([], 0, 1)


def test_taking_the_consent_back_deletes_photos_and_embeddings_of_that_visit_at_once(
    keeping: Journal, folder: PhotoFolder, database: Database, result: Make, tmp_path: Path
) -> None:
    mine = [_note(keeping, result(), _photo(seed), "mine") for seed in (1, 2)]
    other = _note(keeping, result(), _photo(3), "other")
    embedding = result().analysis.embedding.astype("<f2").tobytes()
    assert keeping.flush()
    assert keeping.forget(session="mine", timeout=30)
    hashes = _hashes(keeping)
    assert [hashes[id] for id in mine] == [None, None]
    assert [file.stem for file in _files(folder)] == [hashes[other]]
    assert _rows(database) == 1
    assert keeping.forget(session="other", timeout=30)
    keeping.close()
    if file_of_database := file_of_sqlite(database):
        written = _all_bytes(file_of_database.parent)
        assert embedding not in written
        assert all(Encoded.of(_photo(seed).pixels).hash.encode() not in written for seed in (1, 2, 3))


@pytest.mark.parametrize("off", [timedelta(minutes=5), timedelta(days=365 * 60), timedelta(days=-400)], ids=str)
def test_a_consent_that_is_taken_back_deletes_by_visit_however_wrong_the_clock_was(
    keeping: Journal, folder: PhotoFolder, database: Database, result: Make, off: timedelta
) -> None:
    _note(keeping, result(), _photo(1), "mine")
    other = _note(keeping, result(), _photo(2), "other")
    assert keeping.flush()
    with database.session() as session:
        for query in session.scalars(select(Query)):
            query.time += off
        for row in session.scalars(select(Kept)):
            row.time += off
    assert keeping.forget(session="mine", timeout=30)
    assert not keeping.forgets("mine")
    assert set(recent(keeping).dropna(subset="photo")["id"]) == {other}
    assert (len(_files(folder)), _rows(database)) == (1, 1)


def test_a_consent_that_is_taken_back_deletes_files_that_a_new_database_knows_nothing_of(
    keeping: Journal, folder: PhotoFolder, path: Path, result: Make
) -> None:
    _note(keeping, result(), _photo(1), "mine")
    _note(keeping, result(), _photo(2), "other")
    assert keeping.flush()
    for file in path.parent.iterdir():
        file.unlink(missing_ok=True)
    _note(keeping, result(), session="mine")
    assert keeping.flush()
    assert keeping.forget(session="mine", timeout=30)
    assert [file.stem for file in _files(folder)] == [Encoded.of(_photo(2).pixels).hash]


def test_a_photo_that_is_agreed_to_anew_outlives_the_consent_that_was_taken_back_before(
    keeping: Journal, folder: PhotoFolder, hold: Hold, result: Make
) -> None:
    before = _note(keeping, result(), _photo(1))
    assert keeping.flush()
    let_go = hold()
    assert not keeping.forget(session="s", timeout=0)
    after = _note(keeping, result(), _photo(2))
    let_go()
    until(lambda: keeping.flush() and not keeping.forgets("s"))
    hashes = _hashes(keeping)
    assert (hashes[before], hashes[after]) == (None, Encoded.of(_photo(2).pixels).hash)
    assert len(_files(folder)) == 1


def test_a_photo_dated_in_the_future_goes_when_its_time_is_over_counted_from_when_that_is_found(
    keeping: Journal, folder: PhotoFolder, database: Database, result: Make
) -> None:
    _note(keeping, result(), _photo())
    assert keeping.flush()
    until(lambda: keeping.purge().bounded == 0)
    with database.session() as session:
        for row in session.scalars(select(Kept)):
            row.time += timedelta(days=365 * 60)
            row.expires += timedelta(days=365 * 60)
    now = datetime.now(UTC)
    assert (keeping.purge(now).bounded, len(_files(folder))) == (1, 1)
    assert keeping.purge(now + timedelta(days=29)).expired == 0
    assert keeping.purge(now + timedelta(days=31)).expired == 1
    assert (_files(folder), _rows(database)) == ([], 0)


def test_a_file_without_a_row_that_is_dated_in_the_future_is_deleted(keeping: Journal, folder: PhotoFolder) -> None:
    stranger = Encoded.of(_photo(7).pixels)
    folder.write(stranger)
    later = time.time() + 365 * 86_400
    os.utime(folder.file(stranger.hash), (later, later))
    keeping.purge()
    assert _files(folder) == []


def file_of_sqlite(database: Database) -> Path | None:
    """The file of the database, where it is SQLite's."""
    return file_of(database.url) if database.url.startswith("sqlite") else None


def test_a_photo_that_another_visit_agreed_to_as_well_stays_for_that_visit(keeping: Journal, result: Make) -> None:
    mine, other = _note(keeping, result(), _photo(), "mine"), _note(keeping, result(), _photo(), "other")
    assert keeping.flush()
    assert keeping.forget(session="mine", timeout=30)
    hashes = _hashes(keeping)
    assert hashes[mine] is None
    assert keeping.photo(hashes[other] or "") is not None


def test_consent_taken_back_while_the_database_is_held_is_done_when_it_is_free(
    keeping: Journal, folder: PhotoFolder, hold: Hold, result: Make
) -> None:
    written = _note(keeping, result(), _photo(1))
    assert keeping.flush()
    let_go = hold()
    waiting = _note(keeping, result(), _photo(2))
    assert not keeping.forget(session="s", timeout=0.2)
    let_go()
    until(lambda: keeping.forget(session="s", timeout=5))
    assert _hashes(keeping) == {written: None, waiting: None}
    assert _files(folder) == []


def test_a_purge_deletes_what_is_over_with_all_that_points_to_it_and_nothing_else(
    keeping: Journal, folder: PhotoFolder, database: Database, result: Make
) -> None:
    id = _note(keeping, result(), _photo())
    hash = _hashes(keeping)[id]
    now = datetime.now(UTC)
    assert keeping.purge(now + timedelta(days=29)).expired == 0
    assert keeping.photo(hash or "") is not None
    assert keeping.purge(now + timedelta(days=31)).expired == 1
    assert keeping.photo(hash or "") is None
    assert (_hashes(keeping), _rows(database), _files(folder)) == ({id: None}, 0, [])


def test_a_purge_deletes_files_without_rows_and_rows_without_files_but_no_file_of_others(
    keeping: Journal, folder: PhotoFolder, database: Database, result: Make
) -> None:
    id = _note(keeping, result(), _photo(1))
    hash = _hashes(keeping)[id]
    folder.delete(hash or "")
    stranger, young = Encoded.of(_photo(2).pixels), Encoded.of(_photo(3).pixels)
    for encoded in (stranger, young):
        assert folder.write(encoded)
    unfinished = folder.file(stranger.hash).with_name(f".{stranger.hash}.jpg.new")
    unfinished.touch()
    theirs = folder.path / "ab" / "notes.txt"
    theirs.parent.mkdir(exist_ok=True)
    theirs.touch()
    for file in (folder.file(stranger.hash), unfinished, theirs):
        os.utime(file, (0, 0))
    purged = keeping.purge()
    assert (purged.expired, purged.without_file, purged.without_row) == (0, 1, 2)
    assert (_hashes(keeping), _rows(database)) == ({id: None}, 0)
    assert set(_files(folder)) == {theirs, folder.file(young.hash)}


def test_a_journal_purges_when_it_starts(
    keeping: Journal, database: Database, folder: PhotoFolder, result: Make
) -> None:
    _note(keeping, result(), _photo())
    assert keeping.flush()
    keeping.close()
    with database.session() as session:
        for row in session.scalars(select(Kept)):
            row.expires = datetime.now(UTC) - timedelta(seconds=1)
    again = Journal(database, photos=folder.path)
    until(lambda: not _files(folder) and _rows(database) == 0)
    again.close()


def test_photos_that_no_memory_is_left_for_are_left_out_and_counted(
    database: Database, folder: PhotoFolder, hold: Hold, result: Make
) -> None:
    journal = Journal(database, photos=folder.path)
    let_go = hold()
    for seed in range(PHOTOS_WAITING + 3):
        _note(journal, result(), _photo(seed, 70, 50))
    let_go()
    until(journal.flush)
    journal.close()
    assert journal.health().photos_lost == 3
    assert len(_files(folder)) == PHOTOS_WAITING
    assert journal.count() == PHOTOS_WAITING + 3


def test_a_photo_folder_that_cannot_be_written_costs_the_photo_and_not_the_query(
    keeping: Journal, folder: PhotoFolder, result: Make
) -> None:
    folder.path.write_text("in the way")
    id = _note(keeping, result(), _photo())
    assert _hashes(keeping) == {id: None}
    health = keeping.health()
    assert (health.ok, health.written, health.photos_lost) == (False, 1, 1)
    assert str(folder.path) in health.line
    folder.path.unlink()
    id = _note(keeping, result(), _photo())
    assert _hashes(keeping)[id] is not None
    assert keeping.health().ok


def test_a_database_that_is_held_leaves_no_file_of_a_photo_behind(
    keeping: Journal, folder: PhotoFolder, hold: Hold, result: Make
) -> None:
    let_go = hold()
    _note(keeping, result(), _photo())
    until(lambda: not keeping.health().ok)
    until(lambda: _files(folder) == [])
    let_go()
    until(keeping.flush)
    assert len(_files(folder)) == 1


@pytest.mark.skipif(os.name != "posix", reason="the limit on a file's size is POSIX's")
def test_a_full_disk_keeps_the_query_without_its_photo_and_half_a_file_never_stays(path: Path, tmp_path: Path) -> None:
    code = f"""
import resource
import numpy as np
from pathlib import Path
from vsearch_core.contracts import Analysis, Photo, SearchResult
from vsearch_core.journal import Request, Consented, Journal
journal = Journal("sqlite:///{path}", photos=Path({str(tmp_path / "photos")!r}))
assert journal.count() == 0
pixels = np.random.default_rng(0).integers(0, 255, (512, 512, 3), dtype=np.uint8)
photo = Photo(np.tile(pixels, (1, 1, 1)), (512, 512), "JPEG")
answer = SearchResult(Analysis((), (), {{}}, np.zeros(4, np.float32)), (), False)
resource.setrlimit(resource.RLIMIT_FSIZE, (160_000, resource.RLIM_INFINITY))  # the database fits, this noise does not
journal.record(answer, Request(source="cli", session="s", model="m"), Consented(photo, "1"))
assert journal.flush(30)
print(journal.health().line)
assert journal.count() == 1 and journal.health().photos_lost == 1
assert not [file for file in Path({str(tmp_path / "photos")!r}).rglob("*") if file.is_file()]
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "The folder of kept photos" in done.stdout


def test_a_folder_from_which_nothing_can_be_deleted_keeps_row_and_file_together(
    keeping: Journal, folder: PhotoFolder, database: Database, result: Make
) -> None:
    id = _note(keeping, result(), _photo())
    hash = _hashes(keeping)[id] or ""
    file = folder.file(hash)
    file.unlink()
    file.mkdir()  # unlink fails for root, too
    with pytest.raises(DatabaseError) as caught:
        keeping.purge(datetime.now(UTC) + timedelta(days=31))
    assert caught.value.code == "photos_folder"
    assert _rows(database) == 1
    assert not keeping.forget(session="s", timeout=0.5)
    until(lambda: not keeping.health().ok)
    other = _note(keeping, result(), session="t")
    assert other in _hashes(keeping)
    file.rmdir()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(width=st.integers(1, 1400), height=st.integers(1, 1400))
def test_a_kept_photo_of_any_shape_fits_and_is_as_large_as_it_says(width: int, height: int) -> None:
    encoded = Encoded.of(np.zeros((height, width, 3), np.uint8))
    with Image.open(io.BytesIO(encoded.data)) as picture:
        assert picture.size == (encoded.width, encoded.height)
        assert max(picture.size) <= 512
