"""The card of the detector, written from its bundle's own files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vsearch_core.evaluation.cards import weights
from vsearch_core.evaluation.cards.fashion import taken_over
from vsearch_core.evaluation.detector.matching import POSITIONS
from vsearch_core.files import replace_bytes

TARGETS: Mapping[str, float] = {"mean": 0.60, "upper": 0.70, "lower": 0.70}
"""Average precision that was asked for before the training."""
SLOWEST_MS = 40.0

_TEXT = """# Model card: detector

One LiteRT network that finds the garments in a photo: each with a label, a position, a score and a box. Input: the
photo letterboxed on white to {width}x{height}, float32 in 0..255. {size:.1f} MB, float16 weights.
{weights}

{layers}

## How it was made

- Command: `{command}` (then `{evaluate}`).
- MobileNetV2 (Sandler et al., arXiv 1801.04381), begun from {began}, layers before `{frozen_before}`
  kept as they were; features of 8, 16 and 32 pixels a cell joined (Lin et al., arXiv 1612.03144); on the finest grid a
  heat for each layer above, with the focal loss of Zhou et al. (arXiv 1904.07850) and the Gaussian targets of Liu et
  al. (arXiv 1909.00700), boxes by generalised IoU (Rezatofighi et al., arXiv 1902.09630), labels by cross-entropy.
- {epochs} epochs of {pictures:,} pictures, {minutes} minutes on {machine}, which did other work too.{earlier}
{stages}
- Data: {data}
- A garment's box is that of its mask without specks, one for each label and person, both shoes together. Garments whose
  shorter side is below 2.3 % of the picture's longer one, or whose mask is below 0.1 % of its area, show too little to
  search by: they are neither right nor wrong, in training and in the figures.

| source | licence |
| --- | --- |
| Clothing Co-Parsing (bearpaw) | Apache-2.0 |
| Fashion Product Images (Kaggle, paramaggarwal) | MIT, as its page states |
| clothing-dataset (alexeygrigorev) | CC0 |
| MobileNetV2 ImageNet weights (Keras) | Apache-2.0 |

## Figures

Part `test` of `splits/street.csv` ({photos} photos), average precision at IoU 0.5 with all points interpolated;
intervals are 95 %, bootstrapped by photo. Thresholds and overlaps were chosen on validation, where the mean is
{validation:.3f}.

| position | average precision | 95 % interval | garments | target | precision at threshold | recall |
| --- | --- | --- | --- | --- | --- | --- |
{table}

- Of the garments that are found, {label_right:.1%} get the right label of the {label_count} in the list above.
- One decoded photo takes {median:.1f} ms (median of {timed}; 95th percentile {p95:.1f} ms) on {measured_on};
  at most {slowest:g} ms was asked for: {fast}.
- User photos of test ({user_count:,}), which have a label and no boxes: a garment of the label's position is found in
  {position_found:.1%} of them ({position_low:.1%} to {position_high:.1%}, bootstrapped by sender), and is the surest
  item in {best:.1%}.
- By the scores from which garments are shown (`search/showing.py`, chosen on validation) the app offers several
  garments in {outfits:.1%} of the street photos of test ({outfits_validation:.1%} of validation), and in
  {several:.1%} ({several_validation:.1%}) of the user photos, which nearly all show one thing.
{seen}
## Limits

- Street photos show one whole person in the middle, by few photographers, mostly women, in cold seasons of few cities.
- The masks name garments inconsistently (a long skirt is often a dress, a blouse a shirt), so labels are weaker than
  positions; what counts as wrong is partly wrong in the data.
- Small things (eyewear, belts, socks, jewellery) are a few pixels in the network's input: a box that is off by two
  pixels is a miss at IoU 0.5.
{alone}- A detection is a hint: the whole photo is always searched too, and a box can be corrected.
"""

_ALONE = """- It was taught on outfits and on composed pictures alone: in a photo of one garment on a bed or a floor it
  mostly finds nothing, as the figure of the user photos says. There the whole-photo search is the answer.
"""


def write_detector_card(bundle: Path) -> Path:
    """Write `card.md` from `labels.json`, `training.json`, `evaluation/figures.json` and `evaluation/by_eye.json`."""
    labels, training = _read(bundle / "labels.json"), _read(bundle / "training.json")
    figures, recipe = _read(bundle / "evaluation" / "figures.json"), training["recipe"]
    users, shown = figures["user_photos"], figures["shown"]
    text = _TEXT.format(
        width=labels["size"][0],
        height=labels["size"][1],
        size=(bundle / "model.tflite").stat().st_size / 1e6,
        weights=weights.told(bundle),
        layers=_layers(labels["layers"]),
        command=training["command"],
        evaluate=figures["command"],
        began=training["data"]["began_from"],
        frozen_before=recipe["frozen_before"],
        epochs=len(training["history"]),
        pictures=recipe["steps"] * recipe["batch"],
        minutes=training["minutes"],
        earlier=taken_over(training["history"]),
        machine=training["machine"],
        stages="\n".join(
            _stage(number, stage, reframed="backgrounds_train" in training["data"])
            for number, stage in enumerate(_begun(training), start=1)
        ),
        data=_data(training),
        alone="" if any(_shows_users(stage) for stage in _begun(training)) else _ALONE,
        photos=figures["photos"],
        validation=figures["validation_mean"],
        table="\n".join(_row(name, figures) for name in (*POSITIONS, "mean") if _figure(name, figures)),
        label_right=figures["label_right"]["value"],
        label_count=sum(len(layer["labels"]) for layer in labels["layers"]),
        median=figures["latency"]["median_ms"],
        p95=figures["latency"]["p95_ms"],
        timed=figures["latency"]["count"],
        measured_on=figures["machine"],
        slowest=SLOWEST_MS,
        fast="met" if figures["latency"]["median_ms"] <= SLOWEST_MS else "not met",
        user_count=users["position_found"]["count"],
        position_found=users["position_found"]["value"],
        position_low=users["position_found"]["low"],
        position_high=users["position_found"]["high"],
        best=users["best_of_position"]["value"],
        outfits=shown["street_test"]["with_several"],
        outfits_validation=shown["street_validation"]["with_several"],
        several=shown["user_photos_test"]["with_several"],
        several_validation=shown["user_photos_validation"]["with_several"],
        seen=_seen(bundle, figures["model"]),
    )
    path = bundle / "card.md"
    replace_bytes(path, text.encode())
    return path


def _layers(layers: list[dict]) -> str:
    rows = [f"| {layer['position']} | {layer['name']} | {', '.join(layer['labels'])} |" for layer in layers]
    return "\n".join(["| position | layer | labels |", "| --- | --- | --- |", *rows])


def _begun(training: Mapping[str, Any]) -> list[dict]:
    """The stages that the training came to, the last one with the epochs that were done of it."""
    left, begun = len(training["history"]), []
    for stage in training["recipe"]["stages"]:
        if left > 0:
            begun.append({**stage, "epochs": min(left, stage["epochs"])})
        left -= stage["epochs"]
    return begun


_FRAMED = "cropped, scaled, mirrored, relit, two beside each other"
_REFRAMED = (
    "cropped, scaled, mirrored, relit; a third around one garment,\n  a quarter as small figures in pictures of "
    "somewhere else; some with a hat, glasses or a bag of the catalogue"
)


def _stage(number: int, stage: Mapping[str, Any], *, reframed: bool) -> str:
    shares = stage["shares"]
    rate = "the rate falling on" if stage.get("rate_goes_on") else f"rate up to {stage['peak_rate']:g}"
    words = (
        f"- Stage {number}: {stage['epochs']} epochs at {stage['size'][0]}x{stage['size'][1]}, {rate}; "
        f"{shares['street']:.0%} street photos\n  ({_REFRAMED if reframed else _FRAMED}), "
        f"{shares['people']:.0%} their people before other grounds, {shares['products']:.0%} products\n  on grounds"
    )
    if shares.get("worn"):
        words += (
            f",\n  {shares['worn']:.0%} catalogue shots of people who wear the product, with boxes that the network "
            "itself found (Sohn et al.,\n  arXiv 2005.04757)"
        )
    if not _shows_users(stage):
        return f"{words}."
    users = 1 - sum(shares.values())
    return f"{words},\n  {users:.0%} user photos, with the box of the one thing that stands out of the ground."


def _shows_users(stage: Mapping[str, Any]) -> bool:
    return sum(stage["shares"].values()) < 0.995


def _data(training: Mapping[str, Any]) -> str:
    data = training["data"]
    words = (
        f"{data['street_photos_train']} street photos whose boxes follow from their masks, people cut out of them by "
        f"these,\n  {data['catalogue_train']:,} catalogue products, "
    )
    if any(_shows_users(stage) for stage in _begun(training)):
        words += (
            f"{data['user_photos_train']:,} user photos, in {data['user_photos_boxed']:,} of which one\n  thing stands "
            "out of its ground by colour: its box has the photo's label (59 of 60 such boxes fitted, seen by eye)."
        )
    else:
        words += f"corners of {data['user_photos_train']:,} user photos as grounds, without their garments."
    return f"{words}\n  The committed splits' part `train` only."


def _figure(name: str, figures: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return figures["mean"] if name == "mean" else figures["average_precision"].get(name)


def _row(name: str, figures: Mapping[str, Any]) -> str:
    figure = _figure(name, figures) or {}
    target = TARGETS.get(name)
    asked = "" if target is None else f"{target:.2f}, {'met' if figure['value'] >= target else 'not met'}"
    at = figures["at_threshold"].get(name)
    rates = ("", "") if at is None else (f"{at['precision']:.2f}", f"{at['recall']:.2f}")
    count = "" if name == "mean" else f"{figure['count']:,}"
    return (
        f"| {name} | {figure['value']:.3f} | {figure['low']:.3f} to {figure['high']:.3f} | {count} "
        f"| {asked} | {rates[0]} | {rates[1]} |"
    )


def _seen(bundle: Path, model: str) -> str:
    """What a person saw who looked at photos with the boxes drawn, where it is of these weights."""
    path = bundle / "evaluation" / "by_eye.json"
    if not path.is_file() or _read(path)["model"] != model:
        return ""
    content = _read(path)
    return f"""
### Seen by eye

{content["photos"]} user photos of validation, drawn at random, with the boxes drawn: {content["words"]}
"""


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
