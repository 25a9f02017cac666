"""A process that draws a part of the sample shop; `write_sample_shop` starts it and counts the lines that it prints.

Its arguments are the folder, how many products, the seed, the number of the part and how many parts there are.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sample_shop.shop import draw_part

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    products, seed, part, parts = (int(text) for text in sys.argv[2:6])
    for _ in draw_part(folder, products, seed, part, parts):
        print(flush=True)
