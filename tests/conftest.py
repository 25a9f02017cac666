"""What every test may use: the real data where it is at hand, a drawn shop, and settings of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vsearch_core.catalogue.sample import write_sample_shop
from vsearch_core.settings import Settings, settings
from vsearch_core.setup import prepare
from vsearch_core.vision import Bundle, FashionModel

_real_data_skipped: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one module that share a costly fixture run in one worker."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("browser"))
        elif "shop" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("shop"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where the real data is at hand, a real-data test that is skipped fails the run."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and item.get_closest_marker("real_data") and Settings().has_data:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped although the real data is at hand"


@pytest.fixture(autouse=True)
def _settings_read_anew() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the public data sets; the test is skipped where they are not at hand."""
    chosen = Settings()
    if not chosen.has_data:
        pytest.skip(f"the public data sets are not in {chosen.data}")
    return chosen.data


@pytest.fixture(scope="session")
def model() -> FashionModel:
    """The model bundle that ships."""
    return FashionModel(Bundle.open(Settings().models / "fashion"))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a small drawn shop that is searchable; its photos are in `sample_path`."""
    cache = tmp_path_factory.mktemp("shop")
    chosen = Settings(cache=cache, data=cache / "no-data", store=None, journal_url=None)
    write_sample_shop(chosen.sample_path, products=160)
    prepare(chosen)
    return chosen
