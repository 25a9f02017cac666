"""The charts of the data page, in the shop's colours."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from app.common.charts import ACCENT, GRID, QUIET, distinct, draw, labelled_bars
from app.common.words import charted
from vsearch_core.insight.data.catalogue import LEVELS


def bars(table: pd.DataFrame, names: str, numbers: str, alt: str, total: int) -> None:
    """Horizontal bars, the first row on top, with each one's number and its share of `total` behind it."""
    texts = [f"{number:,} ({_share(number / max(total, 1))})" for number in table[numbers]]
    figure = labelled_bars(distinct(table[names]), table[numbers], texts, room=0.45, hoverinfo="skip")
    figure.update_xaxes(visible=False)
    draw(figure, key=f"chart_{alt}", alt=alt, height=30 + 26 * len(table))


def _share(share: float) -> str:
    return "under 1%" if 0 < share < 0.005 else f"{share:.0%}"


def treemap(table: pd.DataFrame, working: Sequence[str]) -> go.Figure:
    """The hierarchy as nested areas; the working set in the accent colour."""
    levels = [level for level in LEVELS if level in table]
    ids, labels, parents, sizes, colours = [], [], [], [], []
    for depth in range(len(levels)):
        for path, number in table.groupby(levels[: depth + 1], sort=False)["products"].sum().items():
            named = path if isinstance(path, tuple) else (path,)
            # Any text may stand in a name, so that names joined by a sign could be those of another place.
            ids.append(json.dumps(named))
            labels.append(charted(named[-1]))
            parents.append(json.dumps(named[:-1]) if depth else "")
            sizes.append(int(number))
            leaf = depth == len(levels) - 1
            colours.append((ACCENT if named[-1] in working else QUIET) if leaf else ("#f6f3ee", GRID)[depth % 2])
    figure = go.Figure()
    figure.add_treemap(
        ids=ids,
        labels=labels,
        parents=parents,
        values=sizes,
        branchvalues="total",
        marker={"colors": colours, "line": {"width": 1, "color": "#ffffff"}},
        hovertemplate="%{label}: %{value:,} products<extra></extra>",
        textinfo="label+value",
        tiling={"pad": 2},
    )
    # Areas too small for a legible name go without one.
    figure.update_layout(uniformtext={"minsize": 8, "mode": "hide"})
    return figure


def long_tail(types: pd.DataFrame, working: Sequence[str]) -> go.Figure:
    """Products of each type in falling order, on a logarithmic scale."""
    figure = go.Figure()
    figure.add_bar(
        x=list(range(1, len(types) + 1)),
        y=types["products"],
        marker={"color": [ACCENT if name in working else QUIET for name in types["type"]]},
        customdata=types[["type", "up_to_here"]].assign(type=types["type"].map(charted)),
        hovertemplate="%{customdata[0]}: %{y:,} products; up to here %{customdata[1]:.0%}<extra></extra>",
    )
    figure.update_yaxes(type="log", title="Products (logarithmic)")
    figure.update_xaxes(title="Types, the most frequent first")
    figure.update_layout(bargap=0.1)
    return figure
