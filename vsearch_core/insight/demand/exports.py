"""The reference board, pictures and all, as one page to print or a ZIP.

What is in a catalogue is untrusted: no text of it becomes markup on the board.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

from vsearch_core.insight.demand.not_found import Look, looks_table
from vsearch_core.table_files import as_csv

_BOARD_PICTURES = 12
"""Pictures of one look on the board; the ZIP holds them all."""

_STYLE = """
body { font: 14px/1.45 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; color: #1d1b19; margin: 32px; }
h1, h2 { font-family: 'Palatino Linotype', Palatino, Georgia, serif; font-weight: 500; }
h1 { font-size: 30px; margin: 0 0 4px; } h2 { font-size: 20px; margin: 0; }
p { margin: 4px 0; color: #5b544b; }
section { break-inside: avoid; border-top: 1px solid #e2dcd3; padding: 18px 0; }
.pictures { display: grid; grid-template-columns: repeat(6, 1fr); gap: 8px; margin-top: 12px; }
.pictures img { width: 100%; aspect-ratio: 3 / 4; object-fit: cover; border-radius: 4px; background: #f6f3ee; }
.sample { display: inline-block; padding: 2px 10px; border: 1px solid #e2dcd3; border-radius: 999px; }
@media print { body { margin: 0; } }
"""


def board_html(found: Sequence[Look], pictures: Mapping[str, bytes], *, title: str, under: str, sample: bool) -> bytes:
    """The reference board as one page that needs nothing else: to open, to send, to print.

    Args:
        pictures: JPEG bytes by hash; photos without any are left out.
        under: the line below the title: which days, which filters.
        sample: label it as made of sample traffic.
    """
    label = '<p class="sample">Sample traffic: no person searched for this</p>' if sample else ""
    sections = "".join(_section(look, pictures) for look in found)
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1><p>{escape(under)}</p>{label}{sections}</body></html>"
    )
    return page.encode()


def board_zip(found: Sequence[Look], pictures: Mapping[str, bytes], *, title: str, under: str, sample: bool) -> bytes:
    """The board as a ZIP: `board.html`, `board.csv`, and `pictures/<look>/<number>.jpg`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("board.html", board_html(found, pictures, title=title, under=under, sample=sample))
        archive.writestr("board.csv", as_csv(looks_table(found)))
        for look in found:
            kept = [hash for hash in look.photos if hash in pictures]
            for number, hash in enumerate(kept, start=1):
                archive.writestr(f"pictures/{look.number:03d}/{number:03d}.jpg", pictures[hash], zipfile.ZIP_STORED)
    return buffer.getvalue()


def _section(look: Look, pictures: Mapping[str, bytes]) -> str:
    kept = [hash for hash in look.photos if hash in pictures][:_BOARD_PICTURES]
    images = "".join(
        f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(pictures[hash]).decode()}">' for hash in kept
    )
    nearest = f"; nearest in the shop: {look.nearest_name} ({look.similarity:.2f})" if look.nearest else ""
    return (
        f"<section><h2>{look.number}. {escape(look.product_type or 'Unknown type')}</h2>"
        f"<p>{look.searches:,} searches in {look.visits:,} visits, last on {look.last:%d %b %Y}"
        f"{escape(nearest)}</p>"
        f'<div class="pictures">{images}</div></section>'
    )
