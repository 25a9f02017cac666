"""The card of a bundle, written from its own files, so that no figure in it is typed by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vsearch_core.evaluation.cards.audit import limits
from vsearch_core.evaluation.cards.outside import FILE, beside_outside
from vsearch_core.evaluation.cards.targets import HEADINGS, LINES, Line
from vsearch_core.files import replace_bytes

_TEXT = """# Model card: fashion

One LiteRT network that says of a photo what product type it shows, its colour, gender, season and usage, and gives a
{dimension}-d L2-normalised embedding for finding similar products. Input: the photo letterboxed on white to
{side}x{side}, float32 in 0..255. {size:.1f} MB, float16 weights.

## How it was made

- Command: `{command}` (then `python -m vsearch_core evaluate all`).
- MobileNetV2 (Sandler et al., arXiv 1801.04381) from ImageNet weights, layers before `{frozen_before}` kept as they
  were; {epochs} epochs of {batch}-picture batches, {minutes} minutes on {machine}; then the batch-norm statistics were
  estimated anew with the final weights.{earlier}
- Losses: cross-entropy over product types (several may be right for a user photo) and attributes; normalised softmax
  over types and colours on the embedding (Zhai and Wu, arXiv 1811.12649); instance discrimination with a memory
  (Wu et al., arXiv 1805.01978), which never pushes products of one title or picture apart{neighbours}.
{stages}
- Data: {catalogue_train:,} catalogue products, {user_photos_train:,} user photos{garments} and {drawn_train:,} drawings
  {drawn_of}. The committed splits' part `train` only.

| source | licence |
| --- | --- |
| Fashion Product Images (Kaggle, paramaggarwal) | MIT, as its page states |
| clothing-dataset (alexeygrigorev) | CC0 |
{garments_source}| MobileNetV2 ImageNet weights (Keras) | Apache-2.0 |
| drawings | this repository's |

## Figures

Part `test` of `splits/`, measured by `{evaluate}` with the LiteRT model that ships, on {measured_on}. Intervals are
95 %, bootstrapped by title group (catalogue) or sender (user photos). Targets were set before the training; {met}.
{tables}

The ten types are the ten most frequent: {ten}. Macro F1 is over the {macro_types} types with {fewest} or more test
products. Right kind is what the data's `photo_types.csv` says; the gallery is the whole catalogue. A snap shows the
product of one catalogue picture, so that finding its own picture again is easier than what a shopper asks: read it
beside the snaps whose own picture was taken out and beside the user photos. A title may name several designs, so that
twins are a hard reading. For hard pairs the other product has the same type and colour.
{bands}
{outside}{calibration}{limits}
## Limits

- Labels are the shop's own, with their errors: part of what counts as wrong here is wrong in the data.
- Types with few products are seldom predicted; most catalogue pictures are 60x80, so fine detail was never seen.
- User photos come from few senders of few regions; people, children and body shapes were not balanced or audited.
- Probabilities of product types are calibrated by one temperature; those of attributes are not.
"""


_HAS, _HAS_NOT = "called_good_when_right", "called_good_when_shop_has_not"


def write_card(bundle: Path, results: Path) -> Path:
    """Write `card.md` from `labels.json`, `training.json`, `calibration.json` and what is in `evaluation`.

    Args:
        results: the folder of measured evidence, whose audit explains what is not reached; it may be missing.
    """
    labels, training = _read(bundle / "labels.json"), _read(bundle / "training.json")
    figures = _read(bundle / "evaluation" / "figures.json")
    types, recipe = figures["types"], training["recipe"]
    stages = recipe["stages"]
    garments = training["data"].get("street_garments_train", 0)
    text = _TEXT.format(
        dimension=labels["dimension"],
        side=labels["side"],
        size=(bundle / "model.tflite").stat().st_size / 1e6,
        command=training["command"],
        minutes=training["minutes"],
        machine=training["machine"],
        epochs=sum(stage["epochs"] for stage in stages),
        neighbours=_neighbours(stages),
        earlier=taken_over(training["history"]),
        garments=f",\n  {garments:,} garments cut out of street photos by the boxes of their masks" if garments else "",
        garments_source="| Clothing Co-Parsing (bearpaw) | Apache-2.0 |\n" if garments else "",
        stages="\n".join(_stage(number, stage) for number, stage in enumerate(stages, start=1)),
        evaluate=figures["command"],
        measured_on=figures["machine"],
        met=_met(figures),
        tables="\n".join(_table(protocol, figures) for protocol in HEADINGS if protocol in figures),
        ten=", ".join(types["ten_types_names"]),
        macro_types=types["macro_f1_types"],
        fewest=types["macro_f1_fewest"],
        bands=_bands(types["bands"]),
        outside=beside_outside(figures, _outside(bundle)),
        calibration=_calibration(bundle / "calibration.json", figures),
        limits=limits(results, figures),
        # earlier trainings drew their own
        drawn_of=training["data"].get("drawn_of", "of the sample shop's kinds, of other seeds than the shop's own"),
        **{name: recipe[name] for name in ("frozen_before", "batch")},
        **{name: training["data"][name] for name in ("catalogue_train", "user_photos_train", "drawn_train")},
    )
    path = bundle / "card.md"
    replace_bytes(path, text.encode())
    return path


def taken_over(history: Sequence[Mapping[str, Any]]) -> str:
    """Which epochs of a training are those of an earlier one; nothing where none is."""
    count = sum("taken_over_from" in record for record in history)
    return (
        f" Epochs 1 to {count} were\n  taken over from an earlier training, whose stages were the same."
        if count
        else ""
    )


def _neighbours(stages: list[dict]) -> str:
    told = ""
    if any(stage["neighbour_weight"] for stage in stages):
        told += (
            "; and, in the same\n  memory, finding other products of a right type (Wu et al., arXiv 1808.04699), "
            "for user photos too"
        )
    if any(stage.get("twin_weight") for stage in stages):
        told += ",\n  and in the end another product of the same title or nearly the same picture, of at most ten"
    return told


def _stage(number: int, stage: Mapping[str, Any]) -> str:
    words = (
        f"- Stage {number}: {stage['epochs']} epochs, rate up to {stage['peak_rate']:g}; {stage['snap_share']:.0%} of "
        "the catalogue pictures were shown as\n  simulated phone photos: cut out, on parts of training user photos, "
        "tilted, unevenly lit, blurred, noisy."
    )
    if stage.get("garment_repeats"):
        words += f" Each garment\n  of the street photos was shown {stage['garment_repeats']} times an epoch."
    if stage.get("shots_alone"):
        words += " The memory was renewed\n  by catalogue shots alone, which is what a shop searches."
    return words


def _met(figures: Mapping[str, Any]) -> str:
    reached = [line.met(figure["value"]) for line in LINES if (figure := line.figure(figures)) and line.target]
    return f"{sum(map(bool, reached))} of {len(reached)} are met"


def _table(protocol: str, figures: Mapping[str, Any]) -> str:
    rows = [
        _row(line, figure)
        for line in LINES
        if line.place[0] == protocol and (figure := line.figure(figures)) is not None
    ]
    return "\n".join(
        [
            f"\n### {HEADINGS[protocol]}\n",
            "| figure | value | 95 % interval | cases | target |",
            "| --- | --- | --- | --- | --- |",
            *rows,
            *_timing(figures[protocol]),
        ]
    )


def _row(line: Line, figure: Mapping[str, float]) -> str:
    target = ""
    if line.target is not None:
        words = f"{'at most ' if line.below else ''}{line.target:.1%}".replace(".0%", "%")
        target = f"{words}, {'met' if line.met(figure['value']) else 'not met'}"
    interval = f"{figure['low']:.1%} to {figure['high']:.1%}"
    return f"| {line.words} | {figure['value']:.1%} | {interval} | {figure['count']:,} | {target} |"


def _timing(protocol: Mapping[str, Any]) -> list[str]:
    if "timing" not in protocol:
        return []
    took = protocol["timing"]
    return [
        f"\nA picture took {took['inference_ms']:.1f} ms through the network (two at once) and"
        f" {took['search_ms']:.2f} ms to search exactly, many at once."
    ]


def _bands(bands: list[dict]) -> str:
    rows = [
        f"| {band['band']}: {_range(band)} training products | {band['types']} | {band['accuracy']['count']:,} "
        f"| {band['accuracy']['value']:.1%} | {band['macro_f1']['value']:.1%} |"
        for band in bands
    ]
    return "\n".join(
        ["\n| types, on shots | types | products | accuracy | macro F1 |", "| --- | --- | --- | --- | --- |", *rows]
    )


def _range(band: Mapping[str, Any]) -> str:
    fewest, most = band["fewest_training_products"], band["most_training_products"]
    if most is None:
        return f"{fewest:,} or more"
    return f"at most {most:,}" if not fewest else f"{fewest:,} to {most:,}"


def _calibration(path: Path, figures: Mapping[str, Any]) -> str:
    if not path.is_file():
        return ""
    content = _read(path)
    test = content["rates"]["test"]
    alone, together = content["rates_by_cosine"]["test"], content["agreement"]
    fitted_on, categories_on = (
        " and ".join(figures["calibration"][name]).replace("_", " ") for name in ("fitted_on", "category_fitted_on")
    )
    return f"""
Serving divides the logits of product types by the temperature {content["temperature"]:.3f}, fitted on validation
({fitted_on}; Guo et al., arXiv 1706.04599). User photos are labelled with kinds and not with product types, so that a
type's probability is judged leniently on them; what their labels can judge is the category, which has a temperature
of its own, {content["category_temperature"]:.3f}, fitted on validation {categories_on}.

A best hit is called a good match where its cosine and {together["weight"]:g} times the mean probability of the first
five hits' types reach {together["together"]:.3f}, chosen on validation user photos; in a shop of types that the network
does not know, from cosine {content["good_match"]:.3f}.

| test photos that are called a good match | by the rule | by cosine alone |
| --- | --- | --- |
| best hit of the right kind | {_share(test, _HAS)} | {_share(alone, _HAS)} |
| their kind taken out of the catalogue | {_share(test, _HAS_NOT)} | {_share(alone, _HAS_NOT)} |
{_items(content.get("items"))}"""


def _items(content: Mapping[str, Any] | None) -> str:
    if content is None:
        return ""
    rule, own, of_photos = content["agreement"], content["rates"]["test"], content["rates_by_photo_rule"]["test"]
    return f"""
A garment of a photo has a rule of its own ({rule["weight"]:g} and {rule["together"]:.3f}; from cosine
{content["good_match"]:.3f}), chosen on garments of validation street photos, each searched among what is worn in its
place.

| garments of test street photos that are called a good match | by their rule | by that of photos |
| --- | --- | --- |
| best hit of the right kind | {_share(own, _HAS)} | {_share(of_photos, _HAS)} |
| their kind taken out of the catalogue | {_share(own, _HAS_NOT)} | {_share(of_photos, _HAS_NOT)} |
"""


def _share(rates: Mapping[str, float], name: str) -> str:
    return f"{rates[name]:.1%}"


def _outside(bundle: Path) -> dict[str, Any]:
    """The figures from outside; empty where they were not measured."""
    path = bundle / "evaluation" / FILE
    return _read(path) if path.is_file() else {}


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))
