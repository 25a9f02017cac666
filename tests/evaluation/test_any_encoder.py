"""An encoder from elsewhere is measured by what it finds; what it has no words for has no figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.onnx_graphs import CHANNELS, SIDE, encoder, saved
from vsearch_core.cli.main import main
from vsearch_core.contracts import Photo
from vsearch_core.evaluation import measure
from vsearch_core.evaluation.measure import Measured
from vsearch_core.evaluation.outside.protocol import another_shop_figures
from vsearch_core.evaluation.outside.search import WholePicture
from vsearch_core.evaluation.outside.sets import AnotherShop, Pictures
from vsearch_core.evaluation.predictions import Predictions, predict
from vsearch_core.settings import Settings
from vsearch_core.vision import Bundle, FashionModel
from vsearch_core.vision.importing import Preparation
from vsearch_core.vision.onnx_import import import_onnx

COUNT = 12


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> FashionModel:
    folder = tmp_path_factory.mktemp("encoder")
    preparation = Preparation(SIDE, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    found = import_onnx(saved(encoder(), folder / "encoder.onnx"), preparation, folder / "mine", threads=1)
    return FashionModel(Bundle.open(found.path), threads=1)


def photo(number: int) -> Photo:
    pixels = np.random.default_rng(number).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return Photo(pixels.repeat(8, axis=0).repeat(8, axis=1), (SIDE, SIDE), "array")


def predictions(model: FashionModel) -> Predictions:
    numbers = np.arange(COUNT)
    table = pd.DataFrame(
        {
            "id": numbers.astype(str),
            "part": "test",
            "product_type": np.array(["Lamps", "Chairs"])[numbers % 2],
            "label": np.array(["lamp", "chair"])[numbers % 2],
            "sender_id": numbers,
        }
    )
    table["right"] = [frozenset([kind]) for kind in table["product_type"]]
    return predict(model, table, photo)


def test_protocols_of_what_is_found_need_no_product_types(model: FashionModel) -> None:
    found = predictions(model)
    assert found.types.shape == (COUNT, 0)
    assert found.embeddings.shape == (COUNT, CHANNELS)
    figures = measure.user_photos(Measured.of(Settings(), model, shots=found, photos=found, snaps=found))
    assert figures["first_hit_right_kind"]["value"] == 1
    assert "type_is_right_kind" not in figures
    assert "type_is_right_kind" not in figures["by_label"][0]


def test_another_shop_s_products_are_found(model: FashionModel) -> None:
    table = pd.DataFrame({"id": [str(n) for n in range(COUNT)], "name": "thing", "group": range(COUNT)})
    products = Pictures(table, photo)
    asked = Pictures(table.assign(right=range(COUNT)), photo)
    figures = another_shop_figures(WholePicture(model), AnotherShop(products, asked))
    assert figures["r_at_1"]["value"] == 1


@pytest.mark.parametrize("verb", ["types", "calibration"])
def test_figures_of_types_are_refused_in_a_sentence(
    model: FashionModel, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", verb, "--bundle", str(model.bundle.path)]) == 1
    assert "did not learn the catalogue's types" in capsys.readouterr().err
