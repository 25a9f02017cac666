"""DeepFashion In-shop by its official protocol: the query pictures against the gallery pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studies.public_sets.deepfashion_inshop import read_inshop
from studies.public_sets.pictures import PublicSet
from studies.public_sets.protocol import KS, Embedded, embed_set, first_places, merged_figures, set_record
from studies.public_sets.report import NO_ANSWER, Finding
from vsearch_core.contracts import Progress
from vsearch_core.evaluation.statistics import recalls, timing
from vsearch_core.vision import FashionModel


def evaluate_inshop(
    folder: Path, model: FashionModel, progress: Progress | None = None
) -> tuple[dict[str, Any], PublicSet]:
    """Read, clean, embed and measure the benchmark of a folder.

    Returns:
        The figures as JSON values (`official`, `merged` and what `set_record` says), and the cleaned set.

    Raises:
        CatalogueError: the benchmark, or a part of it, is not there or cannot be read.
    """
    embedded = embed_set(read_inshop(folder), model, progress)
    official, findings = official_figures(embedded)
    cleaned = embedded.cleaned.with_findings(findings)
    embedded = Embedded(cleaned, embedded.embeddings, embedded.read_ms, embedded.inference_ms)
    record = set_record(embedded, model, "python -m studies inshop --data DIR")
    return {**record, "official": official, "merged": merged_figures(embedded)}, cleaned


def official_figures(embedded: Embedded) -> tuple[dict[str, Any], list[Finding]]:
    """`r_at_<k>`: the share of query pictures with one of their item among the first k of the gallery.

    Returns:
        The figures with intervals by item, and a finding for each query whose item has no gallery picture at hand.
    """
    rows = embedded.cleaned.rows
    gallery = rows[rows["role"] == "gallery"]
    asking = rows[rows["role"] == "query"]
    known = asking["product"].isin(frozenset(gallery["product"]))
    findings = [Finding(row.photo, NO_ANSWER, f"item {row.product}") for row in asking[~known].itertuples()]
    asking = asking[known]
    record: dict[str, Any] = {"queries": len(asking), "gallery": len(gallery), "items": asking["product"].nunique()}
    if asking.empty:
        return record, findings
    items = asking["product"].to_numpy(dtype=str)
    places, search_ms = first_places(
        embedded.embeddings[asking["picture"].to_numpy()],
        embedded.embeddings[gallery["picture"].to_numpy()],
        items,
        gallery["product"].to_numpy(dtype=str),
    )
    timings = timing(inference_ms=embedded.inference_ms, search_ms=search_ms)
    return {**record, **recalls(places, list(items), KS), "timings_ms": timings}, findings
