"""Questions by a photo or a product: search, analyse, embed, similar."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from vsearch_core.contracts import Analysis, SearchMode, SearchResult
from vsearch_core.errors import VsearchError
from vsearch_core.journal import Consented, new_session
from vsearch_core.journal import Request as Asked
from vsearch_core.records import analysis_record, hit_record, plain, result_record
from vsearch_core.search import Engine
from vsearch_core.search.reading import decode_large, elapsed_ms, with_codes, with_garments
from vsearch_core.service.problems import RESPONSES, Refused
from vsearch_core.service.state import Service, service_of
from vsearch_core.store import Filters
from vsearch_core.vision.crop import Corners

MOST_HITS, MOST_FILTERS = 200, 50
SESSION = r"^[A-Za-z0-9_-]{1,64}$"

router = APIRouter(prefix="/v1", responses=RESPONSES)

K = Annotated[int, Field(ge=1, le=MOST_HITS, description="How many products.")]
Filter = Annotated[
    list[Annotated[str, Field(max_length=500)]],
    Field(
        max_length=MOST_FILTERS,
        description="Only products like this: column=value, or a range as price=10..50; a column that is given twice "
        "takes either value.",
    ),
]
ProductId = Annotated[str, Field(min_length=1, max_length=200)]


class Visit(BaseModel):
    """Who asks, as far as the journal may know."""

    model_config = ConfigDict(extra="forbid")

    session: Annotated[str, Field(pattern=SESSION)] | None = Field(
        None, description="The visit's random token, as an earlier answer told it; a new one where there is none."
    )


class Similar(Visit):
    """Which products are wanted that are like one of the store's own."""

    k: K = 5
    filter: Filter = []


class Search(Similar):
    """What is asked for. Form fields of the same names do as well."""

    mode: SearchMode = Field("all", description="Where to search for the whole photo.")
    box: Annotated[str, Field(max_length=100)] | None = Field(
        None, description="x0,y0,x1,y1 in the photo's pixels: what counts in it."
    )
    garments: bool = Field(True, description="Find the garments in the photo, and products for each.")
    product_id: ProductId | None = Field(None, description="Search by this product's picture; no photo is sent then.")
    consent: Annotated[str, Field(max_length=64)] = Field(
        "", description="The wording by which the person agreed that the photo is kept; without it, it is not."
    )


@dataclass(frozen=True)
class Sent:
    """A photo's file as it came: its bytes, and the name that it had."""

    data: bytes
    name: str = ""


_PICTURE = {"schema": {"type": "string", "format": "binary"}}
_BODY = {
    "requestBody": {
        "description": "The photo, as a form's file `image` or as the body itself.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"image": {"type": "string", "format": "binary"}},
                    "required": ["image"],
                }
            },
            **{kind: _PICTURE for kind in ("image/jpeg", "image/png", "image/webp", "application/octet-stream")},
        },
    }
}


@router.post("/search", openapi_extra=_BODY)
async def search(request: Request, asked: Annotated[Search, Query()]) -> JSONResponse:
    """Find the most similar products for a photo, or for a product of the store."""
    sent, fields = await read_photo(request, Search)
    asked = _with_fields(asked, fields)
    service = service_of(request)
    if asked.product_id is not None:
        if sent is not None:
            raise Refused("Send a photo or a product_id, not both.", code="bad_parameter", status=422)
        return await service.asking.do(_similar, service, asked.product_id, asked)
    return await service.asking.do(_search, service, needed(sent), asked)


@router.post("/analyse", openapi_extra=_BODY)
async def analyse(request: Request) -> JSONResponse:
    """Tell what is in a photo: product type, attributes, garments."""
    sent, _ = await read_photo(request, None)
    service = service_of(request)
    return await service.asking.do(_analyse, service, needed(sent))


@router.post("/embed", openapi_extra=_BODY)
async def embed(request: Request) -> JSONResponse:
    """The photo's embedding: of the whole, and of its main thing from near where it was looked at twice."""
    sent, _ = await read_photo(request, None)
    service = service_of(request)
    return await service.asking.do(_embed, service, needed(sent))


@router.get("/products/{id:path}/similar")
async def similar(request: Request, id: str, asked: Annotated[Similar, Query()]) -> JSONResponse:
    """The products most like one of the store's own, without itself."""
    service = service_of(request)
    return await service.asking.do(_similar, service, id, asked)


async def read_photo(request: Request, fields: type[BaseModel] | None) -> tuple[Sent | None, dict[str, Any]]:
    """The photo of a request, None where there is none, and a form's other fields.

    Args:
        fields: what a form may have beside the photo.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        data = await request.body()
        return (Sent(data) if data else None), {}
    try:
        async with request.form(max_files=1, max_fields=MOST_FILTERS + 20, max_part_size=100_000) as form:
            photo = form.get("image")
            sent = Sent(await photo.read(), photo.filename or "") if isinstance(photo, UploadFile) else None
            others = {name: form.getlist(name) for name in form if name != "image"}
    except (MultiPartException, UnicodeDecodeError, KeyError) as error:
        raise Refused(
            "The form cannot be read; send it as multipart/form-data.", code="bad_form", status=400
        ) from error
    known = fields.model_fields if fields is not None else {}
    unknown = sorted(set(others) - set(known))
    if unknown:
        raise Refused(f"The form has a field that is not known: {unknown[0]!r:.60}.", code="bad_parameter", status=422)
    return sent, {name: values if name == "filter" else values[-1] for name, values in others.items()}


def needed(sent: Sent | None) -> Sent:
    """The photo that was sent.

    Raises:
        Refused: there is none.
    """
    if sent is None:
        raise Refused(
            "There is no photo; send it as a form's file `image` or as the body.", code="no_image", status=422
        )
    return sent


def _with_fields(asked: Search, fields: dict[str, Any]) -> Search:
    if not fields:
        return asked
    return Search.model_validate({**asked.model_dump(exclude_unset=True), **fields})


def _search(service: Service, sent: Sent, asked: Search) -> JSONResponse:
    engine = service.live.engine()
    filters = filters_of(asked.filter)
    result = engine.search(sent.data, asked.k, filters, asked.mode, corners(asked.box))
    large = decode_large(sent.data)
    result = engine.with_codes(result, large, asked.k, filters)
    if asked.garments:
        result = engine.with_items(result, large, asked.k, filters)
    service.metrics.searched(result.timings_ms, result.good_match)
    photo = Consented(large, asked.consent) if asked.consent else None
    record = {"image": sent.name, **result_record(result, sample=engine.store.sample)}
    return json_answer({**record, **_noted(service, engine, result, asked, filters, photo)})


def _similar(service: Service, id: str, asked: Similar) -> JSONResponse:
    engine = service.live.engine()
    filters = filters_of(asked.filter)
    started = time.perf_counter()
    hits = engine.similar(id, asked.k, filters)
    passed = elapsed_ms(started, time.perf_counter())
    nothing = Analysis((), (), {}, np.empty(0, np.float32))
    result = SearchResult(nothing, hits, good_match=True, timings_ms={"search": passed, "total": passed})
    record = {
        "product_id": id,
        "hits": [hit_record(hit) for hit in hits],
        "sample": engine.store.sample,
        "timings_ms": dict(result.timings_ms),
    }
    return json_answer({**record, **_noted(service, engine, result, asked, filters, None)})


def _analyse(service: Service, sent: Sent) -> JSONResponse:
    engine = service.live.engine()
    started = time.perf_counter()
    photo = engine.decode(sent.data)
    decoded = time.perf_counter()
    analysis = engine.analyse(photo)
    times = {"decode": elapsed_ms(started, decoded), "analyse": elapsed_ms(decoded, time.perf_counter())}
    large = decode_large(sent.data)
    analysis, times = with_garments(engine.detector, large, analysis, times)
    analysis, times["codes"] = with_codes(analysis, large)
    return json_answer({"image": sent.name, **analysis_record(analysis), "timings_ms": times})


def _embed(service: Service, sent: Sent) -> JSONResponse:
    engine = service.live.engine()
    analysis = engine.analyse(sent.data)
    return json_answer(
        {
            "image": sent.name,
            "model": engine.model.name,
            "fingerprint": engine.model.fingerprint,
            "embedding": analysis.embedding,
            "close": analysis.close,
        }
    )


def _noted(
    service: Service,
    engine: Engine,
    result: SearchResult,
    asked: Similar,
    filters: Filters | None,
    photo: Consented | None,
) -> dict[str, str]:
    """The ids by which the journal knows an answer, for what people do with its hits."""
    session = asked.session or new_session()
    request = Asked(
        source="api",
        session=session,
        model=engine.model.fingerprint,
        filters=filters,
        store=engine.store.name,
        store_version=engine.store.version,
        k=asked.k,
    )
    return {"query": service.journal.record(result, request, photo), "session": session}


def filters_of(pairs: list[str]) -> Filters | None:
    """Filters in the command line's words.

    Raises:
        FilterError: one is none.
    """
    return Filters.from_pairs(pairs) if pairs else None


def corners(box: str | None) -> Corners | None:
    """A box of four numbers.

    Raises:
        VsearchError: it is none (code `bad_box`).
    """
    if box is None:
        return None
    try:
        x0, y0, x1, y1 = (float(edge) for edge in box.split(","))
    except ValueError:
        x0 = y0 = x1 = y1 = math.nan
    if not all(abs(edge) < 1e6 for edge in (x0, y0, x1, y1)):
        raise VsearchError("A box is four numbers in the photo's pixels: x0,y0,x1,y1.", code="bad_box")
    return x0, y0, x1, y1


def json_answer(record: dict[str, Any]) -> JSONResponse:
    """A record as the command line writes it."""
    return JSONResponse(plain(record))
