"""Readers whose answer is kept: computed once for a store (and model), and again when another has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import streamlit as st

from vsearch_core.insight.quality.models import Model
from vsearch_core.search import Engine
from vsearch_core.store import Store
from vsearch_core.vision import FashionModel

if TYPE_CHECKING:
    from streamlit.runtime.caching.cache_utils import CachedFunc

Given = ParamSpec("Given")
Read = TypeVar("Read")

NAMED_BY: dict[Any, Callable[[Any], Any]] = {
    Store: lambda store: store.version,
    Engine: lambda engine: (engine.store.version, engine.model.fingerprint),
    FashionModel: lambda model: model.fingerprint,
    Model: lambda model: model.stamp,
}
"""What tells one from another, for arguments that are too large to be compared."""


def kept(
    *, entries: int = 2, spinner: str | bool = False
) -> Callable[[Callable[Given, Read]], CachedFunc[Given, Read]]:
    """A decorator: every visitor shares what the reader gave for the same arguments, the last `entries` of them."""
    return st.cache_resource(show_spinner=spinner, max_entries=entries, hash_funcs=NAMED_BY)
