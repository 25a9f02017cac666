"""The shop's products: leafed through, counted, shown, put in and taken out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from vsearch_core.errors import VsearchError
from vsearch_core.records import hit_record
from vsearch_core.service.asking import Filter, filters_of, json_answer, needed, read_photo
from vsearch_core.service.changes import Change, change_of, change_of_line, read_json
from vsearch_core.service.problems import RESPONSES, Refused
from vsearch_core.service.state import Service, service_of
from vsearch_core.store.filters import Filters
from vsearch_core.store.products import hit_of

LINES_TOGETHER, BYTES_TOGETHER = 100, 32_000_000
"""Lines of a bulk update that are written, and answered, at once."""

MOST_COLUMNS, MOST_VALUES = 20, 500

router = APIRouter(prefix="/v1", responses=RESPONSES)

_PRODUCT = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": "as in the address; it may be left out"},
        "name": {"type": "string"},
        "price": {"type": ["number", "null"], "minimum": 0},
        "picture": {"type": "string", "description": "an image file in base64; a product that is known keeps its own"},
    },
    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
}


class Leaf(BaseModel):
    """Which products to leaf through."""

    model_config = ConfigDict(extra="forbid")

    filter: Filter = []
    sort: str = Field("", max_length=100, description="A column; with - before it, the largest first.")
    offset: int = Field(0, ge=0, le=100_000_000)
    limit: int = Field(24, ge=1, le=200)


class Facets(BaseModel):
    """Which columns to count."""

    model_config = ConfigDict(extra="forbid")

    column: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        ["category", "product_type", "colour", "gender"], max_length=MOST_COLUMNS
    )
    filter: Filter = []


@router.get("/products")
async def products(request: Request, asked: Annotated[Leaf, Query()]) -> JSONResponse:
    """Products to leaf through; `total` counts all that pass."""
    service = service_of(request)

    def answer() -> JSONResponse:
        store = service.live.engine().store
        page = store.page(filters_of(asked.filter), asked.sort, asked.offset, asked.limit)
        return json_answer({"total": page.total, "products": [_record(one) for one in page.products]})

    return await service.asking.do(answer)


@router.get("/facets")
async def facets(request: Request, asked: Annotated[Facets, Query()]) -> JSONResponse:
    """The values of columns and how many products have them, the most frequent first."""
    service = service_of(request)

    def answer() -> JSONResponse:
        store = service.live.engine().store
        found = store.facets(asked.column, filters_of(asked.filter) or Filters())
        return json_answer({"facets": {name: dict(list(one.items())[:MOST_VALUES]) for name, one in found.items()}})

    return await service.asking.do(answer)


@router.get(
    "/products/{id:path}/thumbnail",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}, 304: {"description": "It is as it was."}},
)
async def thumbnail(request: Request, id: str) -> Response:
    """A product's picture as a JPEG, its longest side 320 pixels or less.

    A page's <img> gives its search key as `key`.
    """
    service = service_of(request)
    data = await service.asking.do(lambda: service.live.engine().store.thumbnail(id))
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=3600, stale-while-revalidate=86400"}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or known == ["*"]:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type="image/jpeg", headers=headers)


@router.get("/products/{id:path}")
async def product(request: Request, id: str) -> JSONResponse:
    """All that is known of a product."""
    service = service_of(request)
    return await service.asking.do(lambda: json_answer(_record(service.live.engine().store.product(id))))


@router.put(
    "/products/{id:path}",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": _PRODUCT},
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "properties": {
                            "product": {"type": "string", "description": "the product as JSON"},
                            "image": {"type": "string", "format": "binary"},
                        },
                        "required": ["product"],
                    }
                },
            },
        }
    },
)
async def put(request: Request, id: str) -> JSONResponse:
    """Put a product into the shop, or change what is given of it. A new one needs its picture."""
    _require_secret(request)
    service = service_of(request)
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        sent, fields = await read_photo(request, _Put)
        record, picture = read_json(str(fields.get("product", "{}")).encode()), sent.data if sent else None
    else:
        record, picture = read_json(needed((await read_photo(request, None))[0]).data), None
    return await _change(service, lambda: change_of(record, id, picture))


@router.delete("/products/{id:path}")
async def delete(request: Request, id: str) -> JSONResponse:
    """Take a product out of the shop."""
    _require_secret(request)
    return await _change(service_of(request), lambda: change_of({"delete": True}, id))


@router.post(
    "/products",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}}}},
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/x-ndjson": {"schema": {"type": "string"}}}}
    },
)
async def bulk(request: Request) -> StreamingResponse:
    """Many changes, a line each: a product with its `id`, or `{"id": …, "delete": true}`.

    Each line is answered in a line, in their order: `line`, `id`, and `status` or `error`. What is answered with a
    status is on the disk.
    """
    _require_secret(request)
    lines = (await request.body()).split(b"\n")
    return StreamingResponse(_answered(service_of(request), lines), media_type="application/x-ndjson")


class _Put(BaseModel):
    """A form's fields beside the picture."""

    product: str


async def _answered(service: Service, lines: Sequence[bytes]) -> AsyncIterator[bytes]:
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    start = 0
    while start < len(numbered):
        stop, size = start, 0
        while stop < len(numbered) and stop - start < LINES_TOGETHER and (stop == start or size < BYTES_TOGETHER):
            size += len(numbered[stop][1])
            stop += 1
        part = numbered[start:stop]
        start = stop
        try:
            answers = await service.changing.do(_made, service, [line for _, line in part])
        except VsearchError as error:
            answers = [{"id": None, "error": error.as_dict()}] * len(part)
        for (number, _), answer in zip(part, answers, strict=True):
            yield json.dumps({"line": number, **answer}).encode() + b"\n"


def _made(service: Service, lines: Sequence[bytes]) -> list[dict[str, Any]]:
    """The answers to some lines, all of which were tried."""
    read: list[Change | VsearchError] = []
    for line in lines:
        try:
            read.append(change_of_line(line))
        except VsearchError as error:
            read.append(error)
    made = iter(service.changes.make([one for one in read if isinstance(one, Change)]))
    answers: list[dict[str, Any]] = []
    for one in read:
        outcome = next(made) if isinstance(one, Change) else one
        told = {"status": outcome} if isinstance(outcome, str) else {"error": outcome.as_dict()}
        answers.append({"id": one.id if isinstance(one, Change) else None, **told})
    return answers


async def _change(service: Service, read: Any) -> JSONResponse:
    def make() -> JSONResponse:
        change: Change = read()
        (outcome,) = service.changes.make([change])
        if isinstance(outcome, VsearchError):
            raise outcome
        return JSONResponse({"id": change.id, "status": outcome}, 201 if outcome == "added" else 200)

    return await service.changing.do(make)


def _require_secret(request: Request) -> None:
    """A search key stands in pages that anybody reads; whoever needs no key is this machine."""
    key = request.state.key
    if key is not None and not key.is_secret:
        raise Refused("A search key only asks; send a secret key.", code="secret_key_needed", status=403)


def _record(product: dict[str, Any]) -> dict[str, Any]:
    """A product as a hit shows it, without what belongs to a search."""
    record = hit_record(hit_of(dict(product), 0.0))
    return {name: value for name, value in record.items() if name not in ("score", "reasons")}
