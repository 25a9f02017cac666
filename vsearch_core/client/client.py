"""The typed client: a method for each endpoint, records as the API answers them, errors with the API's own sentence."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict
from urllib.parse import quote

from vsearch_core.contracts import SearchMode
from vsearch_core.errors import VsearchError
from vsearch_core.optional import optional

if TYPE_CHECKING:
    import httpx

Photo = bytes | Path
"""An image file, or its bytes."""

RETRIES = 3
MOST_WAIT_S = 30.0


class ApiError(VsearchError):
    """What the API refused, in its own words; `status` is HTTP's, 0 where there was no answer."""

    code = "api"

    def __init__(self, message: str, *, code: str, status: int) -> None:
        super().__init__(message, code=code)
        self.status = status


class Products(TypedDict):
    """Products to leaf through; `total` counts all that pass."""

    total: int
    products: list[dict[str, Any]]


class Outcome(TypedDict, total=False):
    """What became of one change: a `status` (added, changed, unchanged, removed) or an `error` (code, message)."""

    line: int
    id: str | None
    status: str
    error: dict[str, str]


@dataclass(frozen=True)
class ProductChange:
    """A product to put, with the catalogue's columns as `fields` and its picture, or one to take out."""

    id: str
    fields: Mapping[str, str | float | bool | None] = field(default_factory=dict)
    picture: Photo | None = None
    delete: bool = False

    def record(self) -> dict[str, Any]:
        """As a line of a bulk update."""
        if self.delete:
            return {"id": self.id, "delete": True}
        picture = {} if self.picture is None else {"picture": base64.b64encode(_bytes(self.picture)).decode()}
        return {**self.fields, "id": self.id, **picture}


class Client:
    """Asks one API; safe to use from several threads. Where it is busy, it is asked again after the time it names.

    Args:
        address: as `https://api.shop.example`.
        key: a search key or a secret key; none for a server on this machine that has none.
        timeout_s: for one answer.
        sleep: waits before asking again.

    Raises:
        MissingDependency: httpx is not installed.
    """

    def __init__(
        self, address: str, key: str = "", *, timeout_s: float = 30.0, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        http = optional("httpx", "install what asks an API with `pip install 'vsearch[client]'`")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http: httpx.Client = http.Client(base_url=address, headers=headers, timeout=timeout_s)
        self._transport_error: type[Exception] = http.TransportError
        self._sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def search(
        self,
        image: Photo,
        k: int = 5,
        *,
        filters: Sequence[str] = (),
        mode: SearchMode = "all",
        box: tuple[float, float, float, float] | None = None,
        garments: bool = True,
        session: str = "",
        consent: str = "",
    ) -> dict[str, Any]:
        """The most similar products, as `search --json` tells them, with `query` and `session` for events.

        Args:
            filters: as `colour=Red` or `price=10..50`.
            consent: the wording by which the person agreed that the photo is kept; without it, it is not.

        Raises:
            ApiError: it is refused, or nobody answers; so for every method.
        """
        asked = {
            "k": k,
            "filter": list(filters),
            "mode": mode,
            "garments": garments,
            **({"box": ",".join(map(str, box))} if box else {}),
            **({"session": session} if session else {}),
            **({"consent": consent} if consent else {}),
        }
        return self._json("POST", "/v1/search", params=asked, content=_bytes(image))

    def analyse(self, image: Photo) -> dict[str, Any]:
        """What is in a photo, as `analyse --json` tells it."""
        return self._json("POST", "/v1/analyse", content=_bytes(image))

    def embed(self, image: Photo) -> list[float]:
        """The photo's embedding, normalised."""
        embedding: list[float] = self._json("POST", "/v1/embed", content=_bytes(image))["embedding"]
        return embedding

    def similar(self, id: str, k: int = 5, *, filters: Sequence[str] = ()) -> list[dict[str, Any]]:
        """The products most like one of the store, best first."""
        answer = self._json("GET", f"{_place(id)}/similar", params={"k": k, "filter": list(filters)})
        hits: list[dict[str, Any]] = answer["hits"]
        return hits

    def products(self, *, filters: Sequence[str] = (), sort: str = "", offset: int = 0, limit: int = 24) -> Products:
        """Products to leaf through."""
        asked = {"filter": list(filters), "sort": sort, "offset": offset, "limit": limit}
        found = self._json("GET", "/v1/products", params=asked)
        return {"total": found["total"], "products": found["products"]}

    def product(self, id: str) -> dict[str, Any]:
        """All that is known of a product."""
        return self._json("GET", _place(id))

    def thumbnail(self, id: str) -> bytes:
        """A product's picture as a JPEG."""
        return self._answer("GET", f"{_place(id)}/thumbnail").content

    def facets(self, columns: Sequence[str], *, filters: Sequence[str] = ()) -> dict[str, dict[str, int]]:
        """For each column its values and how many products have them."""
        asked = {"column": list(columns), "filter": list(filters)}
        facets: dict[str, dict[str, int]] = self._json("GET", "/v1/facets", params=asked)["facets"]
        return facets

    def put(self, change: ProductChange) -> str:
        """Put a product, and say what became of it: added, changed, unchanged."""
        record = {name: value for name, value in change.record().items() if name != "id"}
        return str(self._json("PUT", _place(change.id), json=record)["status"])

    def delete(self, id: str) -> None:
        """Take a product out."""
        self._answer("DELETE", _place(id))

    def update(self, changes: Iterable[ProductChange], *, together: int = 500) -> Iterator[Outcome]:
        """Make many changes, and tell what became of each in their order; what has a status is on the server's disk.

        Args:
            together: how many are sent in one request, fewer where their pictures are heavy.
        """
        for lines in _requests(changes, together):
            answer = self._answer("POST", "/v1/products", content=b"\n".join(lines))
            yield from (json.loads(line) for line in answer.iter_lines())

    def tell(self, *events: Mapping[str, Any]) -> None:
        """Tell what people did: `query`, `session`, `kind`, and `product`, `position`, `value` as they apply."""
        self._answer("POST", "/v1/events", json=list(events))

    def status(self) -> dict[str, Any]:
        """What is served, and how the journal does."""
        return self._json("GET", "/v1/status")

    def _json(self, method: str, path: str, **asked: Any) -> dict[str, Any]:
        record: dict[str, Any] = self._answer(method, path, **asked).json()
        return record

    def _answer(self, method: str, path: str, **asked: Any) -> httpx.Response:
        for turn in range(RETRIES + 1):
            try:
                answer = self._http.request(method, path, **asked)
            except self._transport_error as error:
                raise ApiError(
                    f"{self._http.base_url} does not answer ({type(error).__name__}); see whether it runs.",
                    code="no_answer",
                    status=0,
                ) from error
            again = answer.headers.get("retry-after", "")
            if answer.status_code not in (429, 503) or not again.isdecimal() or turn == RETRIES:
                break
            self._sleep(min(float(again), MOST_WAIT_S))
        if answer.is_success:
            return answer
        raise _refusal(answer)


def _refusal(answer: httpx.Response) -> ApiError:
    try:
        told = answer.json()
        return ApiError(str(told["detail"]), code=str(told["code"]), status=answer.status_code)
    except (ValueError, KeyError, TypeError):
        # a proxy's own page
        sentence = f"{answer.url.host} answered {answer.status_code} and not as this API does; see the address."
        return ApiError(sentence, code="not_the_api", status=answer.status_code)


def _requests(changes: Iterable[ProductChange], together: int, most_bytes: int = 20_000_000) -> Iterator[list[bytes]]:
    lines: list[bytes] = []
    size = 0
    for change in changes:
        line = json.dumps(change.record()).encode()
        if lines and (len(lines) == together or size + len(line) > most_bytes):
            yield lines
            lines, size = [], 0
        lines.append(line)
        size += len(line)
    if lines:
        yield lines


def _place(id: str) -> str:
    return f"/v1/products/{quote(id, safe='')}"


def _bytes(image: Photo) -> bytes:
    return image.read_bytes() if isinstance(image, Path) else image
