"""Every setting, read from the environment (`VSEARCH_*`) in one place into one frozen object."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from vsearch_core.errors import SettingsError
from vsearch_core.places import ROOT, shipped

SHARED_DATA = ROOT.parent / "shared" / "data"
SAMPLE_SHOP = shipped("assets/sample_shop")
"""The committed sample shop; `python -m sample_shop` draws it."""


def _data_folder(given: dict[str, Any]) -> Path:
    """Beside the repository where it is there, else where `data fetch` puts it."""
    return SHARED_DATA if SHARED_DATA.is_dir() else Path(given["cache"]).expanduser() / "data"


class Settings(BaseSettings):
    """Each field is the environment variable `VSEARCH_<NAME>`; paths may begin with `~`."""

    model_config = SettingsConfigDict(env_prefix="VSEARCH_", env_ignore_empty=True, frozen=True, extra="ignore")

    keras_home: Path = Field(default=ROOT.parent / "shared" / "keras", description="ImageNet weights for training")
    cache: Path = Field(default=Path("~/.cache/vsearch"), description="checkpoints, stores, downloads")
    data: Path = Field(default_factory=_data_folder, description="the public data sets (may be missing)")
    models: Path = Field(default=shipped("models"), description="model bundles")
    results: Path = Field(default=shipped("results"), description="measured evidence that pages show (may be missing)")
    sample_path: Path = Field(default=SAMPLE_SHOP, description="the drawn sample shop, shown where no catalogue is")
    store: Path | None = Field(default=None, description="the store that the app opens; default: <cache>/stores/shop")
    journal_url: str | None = Field(
        default=None, description="SQLAlchemy URL of the database; default: SQLite in the cache"
    )
    journal_photos: Path | None = Field(
        default=None, description="photos kept with consent; default: <cache>/journal/photos"
    )
    journal_days: float = Field(default=30.0, gt=0, le=3650, description="days until a kept photo is deleted")
    max_upload_mb: float = Field(default=25.0, gt=0, description="largest accepted picture file, in megabytes")
    max_megapixels: float = Field(default=100.0, gt=0, description="largest accepted picture, in million pixels")
    buyers: str = Field(default="", description="who sees the buyers' pages: e-mail addresses and group:NAME, by comma")
    analysts: str = Field(default="", description="who sees the analysts' pages, likewise")
    staff: str = Field(default="", description="who sees every staff page, likewise")
    proxies: str = Field(
        default="", description="addresses of proxies before the API whose X-Forwarded-For is believed, by comma"
    )
    threads: int = Field(default=2, ge=1, description="processor threads for the model")

    @field_validator(
        "data", "keras_home", "cache", "models", "results", "sample_path", "store", "journal_photos", mode="after"
    )
    @classmethod
    def _expand(cls, value: Path | None) -> Path | None:
        return value.expanduser() if value is not None else None

    @property
    def has_data(self) -> bool:
        """Whether the real catalogue is at hand, its images included."""
        folder = self.data / "fashion-products"
        images = (folder / "images.tar").is_file() or (folder / "images").is_dir()
        return images and (folder / "styles.csv").is_file()

    @property
    def store_path(self) -> Path:
        """The store that the app opens."""
        return self.store or self.cache / "stores" / "shop"

    @property
    def photos_path(self) -> Path:
        """Where photos are that people let us keep."""
        return self.journal_photos or self.cache / "journal" / "photos"

    @property
    def waiting_path(self) -> Path:
        """Where queries and events wait while the database is away."""
        return self.cache / "journal" / "waiting"

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the database that the journal and the reviews stand on."""
        if self.journal_url:
            return self.journal_url
        from sqlalchemy import URL  # only where the database is wanted: importing it takes a while

        return URL.create("sqlite", database=str(self.cache / "vsearch.db")).render_as_string(hide_password=False)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: a variable has a value that does not fit.
    """
    try:
        return Settings()
    except ValidationError as error:
        problem = error.errors()[0]
        name = "VSEARCH_" + "_".join(str(part) for part in problem["loc"]).upper()
        raise SettingsError(f"{name} does not fit: {problem['msg']}; change or unset it.") from error
