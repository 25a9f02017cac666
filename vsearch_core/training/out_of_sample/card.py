"""The card of the out-of-sample predictions, written from what `training.json` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def card_of(facts: Mapping[str, Any]) -> str:
    """The card as Markdown; no figure in it is typed by hand."""
    recipe, accuracy = facts["recipe"], facts["accuracy"]
    small, data = recipe["small"], facts["data"]
    rows = "\n".join(
        f"| {fold['fold']} | {fold['trained_on']:,} | {fold['asked_about']:,} | {fold['steps']:,} "
        f"| {fold['epochs']:.1f} | {fold['minutes']:.1f} | {fold['temperature']:.2f} | {fold['accuracy']['value']:.1%} "
        f"| {fold['calibration_error']['before']['value']:.3f} | {fold['calibration_error']['after']['value']:.3f} |"
        for fold in facts["folds"]
    )
    return f"""# Card: out-of-sample predictions

What networks say of products that they never saw, for finding wrong labels. The networks themselves are not kept:
they are smaller and shorter trained than `models/fashion`, and serve nothing else.

- Command: `{facts["command"]}`. Machine: {facts["machine"]}.
- {data["catalogue_train"]:,} products of part train and {data["catalogue_validation"]:,} of part validation in
  {recipe["folds"]} folds; titles and near-identical pictures that the split joins are in one fold. No product of part
  test was shown or asked about.
- Each fold's whole network began from the ImageNet weights (`{facts["weights"]}`) and saw the other folds alone:
  MobileNetV2 at {small["side"]} pixels, layers before `{small["frozen_before"]}` as ImageNet has them,
  {recipe["steps"]:,} steps of {small["batch"]} pictures, rate up to {small["peak_rate"]:g} and along a cosine to zero,
  cross-entropy over product types; each picture as it is or mirrored, moved a little, brighter or darker.
- Probabilities have one temperature for each fold, fitted on what its network was asked (Guo et al., arXiv
  1706.04599): that is one number for a third of the catalogue, whose labels are as noisy as the rest.
- {facts["near_identical_pairs"]:,} pairs of products with nearly the same picture are in `copies.parquet`.

The label is the most probable type for {accuracy["value"]:.1%} of the products (95 % {accuracy["low"]:.1%} to
{accuracy["high"]:.1%}); part of the rest is wrong in the data, part wrong in these small networks.

| fold | trained on | asked about | steps | epochs | minutes | temperature | label first | calibration error before | after |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

Data: Fashion Product Images (Kaggle, paramaggarwal), MIT as its page states. Columns: see
`vsearch_core/evaluation/out_of_sample.py`. Types of which the other folds have few products or none cannot be judged.
"""  # noqa: E501
