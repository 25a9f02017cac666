"""The card of a bundle, written from its own files, so that no figure in it is typed by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vsearch_core.files import replace_bytes

_TEXT = """# Model card: fashion

One LiteRT network that says of a photo what product type it shows, its colour, gender, season and usage, and gives a
{dimension}-d L2-normalised embedding for finding similar products. Input: the photo letterboxed on white to
{side}x{side}, float32 in 0..255. {size:.1f} MB, float16 weights.

## How it was made

- Command: `{command}` (then `python -m vsearch_core evaluate fashion`).
- MobileNetV2 (Sandler et al., arXiv 1801.04381) from ImageNet weights, layers before `{frozen_before}` kept as they
  were; {epochs} epochs of {batch}-picture batches, {minutes} minutes on {machine}; then the
  batch-norm statistics were estimated anew with the final weights.
- Losses: cross-entropy over product types (several may be right for a user photo) and attributes; normalised softmax
  over types and colours on the embedding (Zhai and Wu, arXiv 1811.12649); instance discrimination with a memory
  (Wu et al., arXiv 1805.01978), which never pushes products of one title or picture apart.
- {snap_share:.0%} of the catalogue pictures were shown as simulated phone photos: cut out, on parts of training user
  photos, tilted, unevenly lit, blurred, noisy.
- Data: {catalogue_train:,} catalogue products, {user_photos_train:,} user photos and {drawn_train:,} drawings of the
  sample shop's kinds, of other seeds than the shop's own. The committed split's part `train` only.

| source | licence |
| --- | --- |
| Fashion Product Images (Kaggle, paramaggarwal) | MIT, as its page states |
| clothing-dataset (alexeygrigorev) | CC0 |
| MobileNetV2 ImageNet weights (Keras) | Apache-2.0 |
| drawings | this repository's |

## Figures

Part `test` of `splits/`, measured by `{evaluate}` with the LiteRT model that ships, on {measured_on}. Intervals are
95 %, bootstrapped by title group (catalogue) or sender (user photos).

| figure | value | 95 % interval | cases |
| --- | --- | --- | --- |
{rows}

The ten types are the ten most frequent: {ten}. F1 on them: casual shoes {casual:.2f}, sports shoes {sports:.2f}.
Macro F1 is over the {macro_types} types with {fewest} or more test products. Right kind is what the data's
`photo_types.csv` says; the gallery is the whole catalogue.
{threshold}
## Limits

- Labels are the shop's own, with their errors: part of what counts as wrong here is wrong in the data.
- Types with few products are seldom predicted; most catalogue pictures are 60x80, so fine detail was never seen.
- User photos come from few senders of few regions; people, children and body shapes were not balanced or audited.
- The probabilities are not calibrated yet.
"""

_NAMES = {
    ("types", "ten_types"): "ten types, accuracy",
    ("types", "every_type_top1"): "every type, top-1 accuracy",
    ("types", "every_type_top5"): "every type, top-5 accuracy",
    ("types", "macro_f1"): "every type, macro F1",
    ("attributes", "colour"): "colour, accuracy",
    ("attributes", "gender"): "gender, accuracy",
    ("attributes", "season"): "season, accuracy",
    ("attributes", "usage"): "usage, accuracy",
    ("user_photos", "type_is_right_kind"): "user photos: predicted type of the right kind",
    ("user_photos", "first_hit_right_kind"): "user photos: first hit of the right kind",
    ("user_photos", "first_ten_right_kind"): "user photos: right kind among the first ten hits (share)",
}


def write_card(bundle: Path) -> Path:
    """Write `card.md` from `labels.json`, `training.json`, `calibration.json` and `evaluation/figures.json`."""
    labels, training = _read(bundle / "labels.json"), _read(bundle / "training.json")
    figures = _read(bundle / "evaluation" / "figures.json")
    types = figures["types"]
    text = _TEXT.format(
        dimension=labels["dimension"],
        side=labels["side"],
        size=(bundle / "model.tflite").stat().st_size / 1e6,
        command=training["command"],
        minutes=training["minutes"],
        machine=training["machine"],
        evaluate=figures["command"],
        measured_on=figures["machine"],
        rows="\n".join(_row(name, figures[place[0]][place[1]]) for place, name in _NAMES.items()),
        ten=", ".join(types["ten_types_names"]),
        casual=types["ten_types_f1_Casual Shoes"],
        sports=types["ten_types_f1_Sports Shoes"],
        macro_types=types["macro_f1_types"],
        fewest=types["macro_f1_fewest"],
        threshold=_threshold(bundle / "calibration.json"),
        **{name: training["recipe"][name] for name in ("frozen_before", "epochs", "batch", "snap_share")},
        **{name: training["data"][name] for name in ("catalogue_train", "user_photos_train", "drawn_train")},
    )
    path = bundle / "card.md"
    replace_bytes(path, text.encode())
    return path


def _row(name: str, figure: dict[str, float]) -> str:
    interval = f"{figure['low']:.1%} to {figure['high']:.1%}"
    return f"| {name} | {figure['value']:.1%} | {interval} | {figure['count']:,} |"


def _threshold(path: Path) -> str:
    if not path.is_file():
        return ""
    content = _read(path)
    test = content["rates"]["test"]
    return f"""
A best hit counts as a good match from cosine {content["good_match"]:.3f}, chosen on validation user photos. On test,
{test["called_good_when_right"]:.1%} of the photos whose best hit is of the right kind are called a good match, and
{test["called_good_when_shop_has_not"]:.1%} of the photos whose kind was taken out of the catalogue.
"""


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))
