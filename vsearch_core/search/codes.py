"""Which products of a shop carry a code: by its GTIN, by the shop's own text, or by the product's address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import pandas as pd

from vsearch_core.catalogue.gtins import gtin, gtin_of, gtins_in, is_gtin_column
from vsearch_core.contracts import Code, Hit

_SQUARE = ("QR", "DataMatrix")
_TRACKING = ("utm_", "gclid", "fbclid", "msclkid", "mc_")


class CodeTable:
    """The codes of a catalogue, made ready once."""

    def __init__(self, products: pd.DataFrame) -> None:
        """Args: products: with `id`, `url`, and the shop's own columns; those that hold barcodes are found by name."""
        self._by_number: dict[str, list[str]] = {}
        self._by_text: dict[str, list[str]] = {}
        self._by_address: dict[str, list[str]] = {}
        ids = products["id"].tolist()
        for column in (name for name in products.columns if is_gtin_column(str(name))):
            for id, cell in zip(ids, products[column].tolist(), strict=True):
                if not pd.isna(cell) and (text := str(cell).strip()):
                    _add(self._by_text, [text], id)
                    _add(self._by_number, gtins_in(text), id)
        if "url" in products:
            for id, url in zip(ids, products["url"].tolist(), strict=True):
                if isinstance(url, str) and (address := _address(url)):
                    _add(self._by_address, [address], id)

    def found(self, codes: Iterable[Code]) -> tuple[Code, ...]:
        """The codes with the products that carry them."""
        return tuple(replace(code, products=self._products(code)) for code in codes)

    def _products(self, code: Code) -> tuple[str, ...]:
        if code.format not in _SQUARE:
            return tuple(self._by_number.get(gtin(code.value), ()))
        for table, key in (
            (self._by_number, gtin_of(code.value)),
            (self._by_text, code.value.strip()),
            (self._by_address, _address(code.value.strip())),
        ):
            if key in table:
                return tuple(table[key])
        return ()


def exact_first(hits: Sequence[Hit], exact: Sequence[Hit], codes: Sequence[Code], k: int) -> tuple[Hit, ...]:
    """The k hits, the products whose codes were read before the others.

    Args:
        exact: those products as hits, in any order; they may be among `hits`.
    """
    said = {product: _reason(code) for code in codes for product in code.products}
    order = {product: place for place, product in enumerate(dict.fromkeys(p for code in codes for p in code.products))}
    firsts = [
        replace(hit, reasons=(said[hit.id], *hit.reasons)) for hit in sorted(exact, key=lambda hit: order[hit.id])
    ]
    named = {hit.id for hit in firsts}
    return (*firsts, *(hit for hit in hits if hit.id not in named))[:k]


def _reason(code: Code) -> str:
    return f"{kind_of(code)} in the photo"


def kind_of(code: Code) -> str:
    """What a code is called to a person."""
    return {"QR": "QR code", "DataMatrix": "DataMatrix code"}.get(code.format, "barcode")


def told(code: Code, names: Mapping[str, str] | None = None) -> str:
    """A code and what the shop has of it, in one line.

    Args:
        names: of products by id, where they are known; the ids themselves stand for those that are not.
    """
    shown = code.value if len(code.value) <= 60 else f"{code.value[:59]}…"
    products = ", ".join((names or {}).get(product) or product for product in code.products[:3])
    many = f" and {len(code.products) - 3} more" if len(code.products) > 3 else ""
    kind = kind_of(code)
    return f"{kind[0].upper()}{kind[1:]} {shown}: {products + many or 'not in this shop'}"


def _add(table: dict[str, list[str]], keys: Iterable[str], id: str) -> None:
    for key in keys:
        known = table.setdefault(key, [])
        if id not in known:
            known.append(id)


def _address(url: str) -> str:
    """An address as it is compared: without scheme, "www.", what counts visitors, a last slash; "" for none."""
    try:
        parts = urlsplit(url if "://" in url else f"//{url}")
        host = (parts.hostname or "").removeprefix("www.")
        query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        # what a stranger's code holds need not be an address
        return ""
    path = parts.path.rstrip("/")
    if parts.scheme not in ("", "http", "https") or not host or not (path or query):
        return ""
    kept = sorted(pair for pair in query if not pair[0].startswith(_TRACKING))
    return f"{host}{path}?{urlencode(kept)}" if kept else f"{host}{path}"
