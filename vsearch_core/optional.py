"""Packages that only some people need: imported here, so that a missing one is answered in words."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from vsearch_core.errors import MissingDependency


def optional(package: str, sentence: str) -> ModuleType:
    """Import a package that may not be installed.

    Args:
        package: as it is imported ("kagglehub", "scipy.io").
        sentence: what it is for and how to install it, e.g. "install it with `pip install kagglehub` to …".

    Raises:
        MissingDependency: it is not installed.
    """
    try:
        return import_module(package)
    except ImportError as error:
        raise MissingDependency(f"The package {package} is not installed; {sentence}.") from error
