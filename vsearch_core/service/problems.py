"""Errors as HTTP answers: problem+json (RFC 9457) with the stable code and the one sentence."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from vsearch_core.errors import BundleError, CannotWrite, DatabaseError, SettingsError, StoreError, VsearchError

MEDIA = "application/problem+json"

_STATUS = {
    **{"unknown_product": 404, "unknown_key": 404},
    **{"image_too_heavy": 413, "locked": 503, "image_busy": 503},
    **{"bad_k": 422, "nothing_to_store": 422, "other_currency": 422},
}
_RETRY_S = {"image_busy": 5, "locked": 5}
_OURS = (StoreError, BundleError, DatabaseError, CannotWrite, SettingsError)
"""What is wrong on this side: it is not the question's fault, and may pass."""

_RETRY_LATER_S = 30

_log = logging.getLogger("vsearch.service")

PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable name of the cause"},
        "detail": {"type": "string", "description": "one sentence: what is wrong, and what to do"},
    },
}

RESPONSES: dict[int | str, dict[str, Any]] = {
    kind: {"description": words, "content": {MEDIA: {"schema": PROBLEM}}}
    for kind, words in (("4XX", "What was asked does not fit."), ("5XX", "It cannot be answered now."))
}
"""What any endpoint may answer besides its own, for the OpenAPI description."""


class Refused(VsearchError):
    """A request that is not answered; `status` is HTTP's, `retry_s` after how many seconds to try again."""

    def __init__(self, message: str, *, code: str, status: int, retry_s: int | None = None) -> None:
        super().__init__(message, code=code)
        self.status, self.retry_s = status, retry_s


def problem(error: VsearchError) -> JSONResponse:
    """The answer that tells an error."""
    if isinstance(error, Refused):
        status, retry_s = error.status, error.retry_s
    else:
        status = _STATUS.get(error.code, 503 if isinstance(error, _OURS) else 422)
        retry_s = _RETRY_S.get(error.code, _RETRY_LATER_S if status == 503 else None)
    headers = {} if retry_s is None else {"Retry-After": str(retry_s)}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return _answer(status, error.code, error.message, headers)


def bad_fields(error: ValidationError | RequestValidationError) -> Refused:
    """What does not fit, the first of it, in a sentence."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("query", "path", "body")) or "the request"
    return Refused(f"{place:.100} does not fit: {first['msg']}.", code="bad_parameter", status=422)


def tell_problems(app: FastAPI) -> None:
    """Answer every error in these words."""

    async def ours(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, VsearchError)
        return problem(error)

    async def fields(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, ValidationError | RequestValidationError)
        return problem(bad_fields(error))

    async def http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        phrase = HTTPStatus(error.status_code).phrase
        sentence = f"{str(error.detail or phrase).rstrip('.')}; see /openapi.json for what can be asked."
        return _answer(error.status_code, phrase.lower().replace(" ", "_"), sentence, dict(error.headers or {}))

    async def unforeseen(_: Request, error: Exception) -> JSONResponse:
        _log.error("A request failed for a reason that was not foreseen.", exc_info=error)
        sentence = "This cannot be answered for a reason that was not foreseen; the server's log has the details."
        return _answer(500, "unforeseen", sentence, {})

    app.add_exception_handler(VsearchError, ours)
    app.add_exception_handler(RequestValidationError, fields)
    app.add_exception_handler(ValidationError, fields)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unforeseen)


def _answer(status: int, code: str, sentence: str, headers: dict[str, str]) -> JSONResponse:
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": sentence.encode(errors="replace").decode(),
    }
    return JSONResponse(content, status, headers, media_type=MEDIA)
