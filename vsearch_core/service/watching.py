"""What people do with hits, and how the service does."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from vsearch_core import __version__
from vsearch_core.journal import Kind
from vsearch_core.service.asking import SESSION, json_answer
from vsearch_core.service.changes import read_json
from vsearch_core.service.problems import RESPONSES, Refused
from vsearch_core.service.state import service_of

MOST_EVENTS = 100
FOR_SECRET_KEYS = ("basket", "bought")
"""What the shop's own server knows; a page that anybody can change does not tell of orders."""

router = APIRouter(responses=RESPONSES)


class EventIn(BaseModel):
    """What somebody did with the hits of an answer."""

    model_config = ConfigDict(extra="forbid", strict=True)

    query: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="The answer's `query`.")]
    session: Annotated[str, Field(pattern=SESSION, description="The answer's `session`.")]
    kind: Kind
    product: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    position: Annotated[int, Field(ge=1, le=10_000, description="The hit's place, from 1.")] | None = None
    value: Annotated[float, Field(ge=0, lt=1e12, description="What the order was worth; of `bought` alone.")] | None = (
        None
    )

    @model_validator(mode="after")
    def _fits(self) -> EventIn:
        if (self.product is None) != (self.kind == "none_of_these"):
            raise ValueError("every event but none_of_these names a product")
        if self.value is not None and self.kind != "bought":
            raise ValueError("only what was bought has a value")
        return self


_SCHEMA = EventIn.model_json_schema()


@router.post(
    "/v1/events",
    status_code=202,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"oneOf": [_SCHEMA, {"type": "array", "items": _SCHEMA, "maxItems": MOST_EVENTS}]}
                }
            },
        }
    },
)
async def events(request: Request) -> JSONResponse:
    """Note events, one or a list of up to 100; either all are noted or none."""
    given = read_json(await request.body())
    given = given if isinstance(given, list) else [given]
    if len(given) > MOST_EVENTS:
        raise Refused(f"Send at most {MOST_EVENTS} events at once.", code="too_many", status=422)
    read = [EventIn.model_validate(one) for one in given]
    key = request.state.key
    if key is not None and not key.is_secret:
        orders = next((one.kind for one in read if one.kind in FOR_SECRET_KEYS), None)
        if orders:
            raise Refused(f"{orders} is told with a secret key alone.", code="secret_key_needed", status=403)
    journal = service_of(request).journal
    for one in read:
        journal.record_event(
            one.query, one.kind, session=one.session, product=one.product, position=one.position, value=one.value
        )
    return JSONResponse({"noted": len(read)}, 202)


@router.delete("/v1/sessions/{session}/photos")
async def forget(request: Request, session: str) -> JSONResponse:
    """Delete the photos that were kept of a visit: the consent is taken back."""
    if len(session) > 64:
        raise Refused("This is not a visit's token.", code="bad_parameter", status=422)
    service = service_of(request)
    done = await service.asking.do(lambda: service.journal.forget(session=session))
    return JSONResponse({"deleted": done}, 200 if done else 202)


@router.get("/v1/status")
async def status(request: Request) -> JSONResponse:
    """What is served, and how the journal does."""
    service = service_of(request)

    def answer() -> JSONResponse:
        engine = service.live.engine()
        store = engine.store
        return json_answer(
            {
                "version": __version__,
                "store": {
                    "name": store.name,
                    "version": store.version,
                    "products": len(store),
                    "currency": store.currency,
                    "sample": store.sample,
                },
                "model": {"name": engine.model.name, "fingerprint": engine.model.fingerprint},
                "garments": engine.detector is not None,
                "problem": service.live.problem,
                "journal": _journal(asdict(service.journal.health())),
            }
        )

    return await service.asking.do(answer)


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """Whether the process answers."""
    return JSONResponse({"ok": True})


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Whether questions can be answered."""
    service = service_of(request)
    if not service.live.is_open:
        # whoever asks last opens the shop, so that one that was mended is taken up
        await service.asking.do(service.live.engine)
    return JSONResponse({"ok": True})


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """Figures for Prometheus; asked from this machine, or with a secret key."""
    key = request.state.key
    if key is not None and not key.is_secret:
        raise Refused("Figures are shown to secret keys.", code="secret_key_needed", status=403)
    return Response(service_of(request).metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _journal(health: dict[str, Any]) -> dict[str, Any]:
    """Without sentences that name the database: a search key may be anybody's."""
    return {name: value for name, value in health.items() if name not in ("last_error", "note")}
