"""The catalogue's kinds, their imbalance, attributes, picture sizes and missing values."""

from __future__ import annotations

import streamlit as st

from app.common import words
from app.common.charts import draw
from app.data import read
from app.data.charts import bars, long_tail, treemap
from vsearch_core.insight.data import catalogue
from vsearch_core.insight.data.catalogue import FEW
from vsearch_core.store import Store

_VALUES = 14


def kinds(store: Store) -> None:
    """Products by department, category and type, and how unevenly they are spread."""
    tail, table = read.tail(store), read.hierarchy(store)
    figures = {
        "Products": f"{len(store):,}",
        **{
            title: f"{table[level].nunique():,}"
            for level, title in (("department", "Departments"), ("category", "Categories"), ("product_type", "Types"))
            if level in table
        },
        "In the 10 most frequent types": f"{tail.working_share:.0%}",
        f"Types with under {FEW} products": f"{tail.few:,}",
    }
    cells = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in figures.items())
    st.html(f'<dl class="data-figures">{cells}</dl>')
    st.html('<h2 class="strip-title">By department, category and type</h2>')
    draw(
        treemap(table, tail.working_set), key="chart_tree", alt="Products by department, category and type", height=520
    )
    st.caption("Red: the 10 most frequent types. Click into an area to see what is in it.")
    st.html('<h2 class="strip-title">The long tail</h2>')
    st.html(
        f'<p class="aside">Half of the products are of the {words.count(tail.half, "most frequent type")}; '
        f"{words.count(tail.few, 'type')} of {len(tail.types)} have fewer than {FEW} products.</p>"
    )
    draw(long_tail(tail.types, tail.working_set), key="chart_tail", alt="The long tail of types", height=340)
    with st.expander(f"All {len(tail.types)} types"):
        st.dataframe(
            tail.types.assign(share=100 * tail.types["share"], up_to_here=100 * tail.types["up_to_here"]),
            hide_index=True,
            height=420,
            column_config={
                "type": "Type",
                "products": st.column_config.NumberColumn("Products", format="localized"),
                "share": st.column_config.NumberColumn("Share", format="%.1f %%"),
                "up_to_here": st.column_config.NumberColumn("Up to here", format="%.1f %%"),
            },
        )


def attributes(store: Store) -> None:
    """The values of each attribute, picture sizes, and what is missing."""
    products = store.products
    for number, (column, title) in enumerate(catalogue.attributes(products).items()):
        if number % 2 == 0:
            places = st.columns(2, gap="large")
        with places[number % 2]:
            table = catalogue.values(products, column)
            st.html(f'<h2 class="strip-title">{title}</h2>')
            bars(table.head(_VALUES), "value", "products", title, len(store))
            if len(table) > _VALUES:
                rest = table.iloc[_VALUES:]
                st.caption(f"And {len(rest)} more, of {words.count(int(rest['products'].sum()), 'product')} together.")
    left, right = st.columns(2, gap="large")
    with left:
        st.html('<h2 class="strip-title">Picture sizes in pixels</h2>')
        sizes = catalogue.picture_sizes(products)
        bars(sizes, "size", "products", "Picture sizes in pixels", len(store))
    with right:
        st.html('<h2 class="strip-title">Missing values</h2>')
        missing = catalogue.missing(products)
        st.dataframe(
            missing.assign(share=100 * missing["share"]),
            hide_index=True,
            height="content",
            column_config={
                "column": "Column",
                "missing": st.column_config.NumberColumn("Missing", format="localized"),
                "share": st.column_config.NumberColumn("Share", format="%.1f %%"),
                "use": "In this catalogue",
            },
        )
