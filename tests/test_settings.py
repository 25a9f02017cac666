"""Settings come from the environment, have defaults, and say in one sentence what does not fit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from vsearch_core.errors import SettingsError
from vsearch_core.settings import ROOT, Settings, settings


@pytest.fixture(autouse=True)
def _only_what_a_test_sets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith("VSEARCH_")]:
        monkeypatch.delenv(name)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_everything_has_a_default() -> None:
    chosen = settings()
    home = Path.home()
    assert chosen.cache == home / ".cache" / "vsearch"
    assert chosen.models == ROOT / "models"
    assert chosen.results == ROOT / "results"
    assert chosen.store_path == home / ".cache" / "vsearch" / "stores" / "shop"
    assert (chosen.sample_path / "sample.json").is_file()
    assert chosen.database_url == f"sqlite:///{home / '.cache' / 'vsearch' / 'vsearch.db'}"
    assert (chosen.max_upload_mb, chosen.max_megapixels, chosen.threads) == (25, 100, 2)


def test_what_the_environment_says_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VSEARCH_CACHE", str(tmp_path))
    monkeypatch.setenv("VSEARCH_STORE", str(tmp_path / "mine"))
    monkeypatch.setenv("VSEARCH_JOURNAL_URL", "postgresql://localhost/vsearch")
    monkeypatch.setenv("VSEARCH_THREADS", "4")
    chosen = settings()
    assert chosen.store_path == tmp_path / "mine"
    assert chosen.database_url == "postgresql://localhost/vsearch"
    assert chosen.threads == 4


@pytest.mark.parametrize("name", ["DATA", "KERAS_HOME", "CACHE", "MODELS", "SAMPLE_PATH", "STORE"])
def test_a_path_may_begin_with_the_home_folder(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"VSEARCH_{name}", "~/somewhere")
    assert getattr(settings(), name.lower()) == Path.home() / "somewhere"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VSEARCH_STORE", "")
    monkeypatch.setenv("VSEARCH_THREADS", "")
    assert settings().store is None
    assert settings().threads >= 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VSEARCH_THREADS", "0"),
        ("VSEARCH_THREADS", "many"),
        ("VSEARCH_THREADS", "1.5"),
        ("VSEARCH_MAX_UPLOAD_MB", "-1"),
        ("VSEARCH_MAX_UPLOAD_MB", "0"),
        ("VSEARCH_MAX_MEGAPIXELS", "big"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        settings()
    message = caught.value.message
    assert message.startswith(f"{name} does not fit: ")
    assert message.endswith("; change or unset it.")
    assert "\n" not in message
    assert caught.value.code == "bad_setting"


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=10))
def test_any_text_is_either_a_number_of_threads_or_refused_in_words(value: str) -> None:
    settings.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VSEARCH_THREADS", value)
        try:
            answer = str(settings().threads)
        except SettingsError as error:
            answer = error.message
    assert answer.startswith("VSEARCH_THREADS does not fit: ") or int(answer) >= 1
    assert "\n" not in answer


def test_settings_cannot_be_changed_after_they_were_read() -> None:
    with pytest.raises(ValidationError):
        settings().threads = 8  # type: ignore[misc]


def test_the_environment_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = settings()
    monkeypatch.setenv("VSEARCH_THREADS", "7")
    assert settings() is first


def test_real_data_is_at_hand_only_where_its_table_and_pictures_are(tmp_path: Path) -> None:
    assert not Settings(data=tmp_path).has_data
    (tmp_path / "fashion-products").mkdir()
    (tmp_path / "fashion-products" / "styles.csv").touch()
    assert not Settings(data=tmp_path).has_data
    (tmp_path / "fashion-products" / "images.tar").touch()
    assert Settings(data=tmp_path).has_data


def test_fetched_data_is_found_where_it_was_put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vsearch_core.settings.SHARED_DATA", tmp_path / "not there")
    monkeypatch.setenv("VSEARCH_CACHE", str(tmp_path))
    assert Settings().data == tmp_path / "data"


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())
