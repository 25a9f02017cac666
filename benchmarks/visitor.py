"""A visitor without a browser: speaks to a running app as Streamlit's own page does.

A page opens a websocket on which it sends `BackMsg` (what was clicked) and receives `ForwardMsg` (what to draw), and
sends files to an address that it is given for each.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_S = 60.0
HITS, SAMPLES = "Most similar products", "Photos to try"

_UNFINISHED = ForwardMsg.FINISHED_EARLY_FOR_RERUN


class Visitor:
    """A page that is open at an app; made by `visit`.

    `elements` is what the page shows: what was drawn since the last run was asked for, by its place. `at_rest` is
    whether nothing runs any more.
    """

    def __init__(self, http: httpx.AsyncClient, socket: ClientConnection, base: str, query: str) -> None:
        self.elements: dict[tuple[int, ...], Element] = {}
        self.at_rest = False
        self.session = ""
        self._http, self._socket, self._base, self._query = http, socket, base, query
        self._page = ""
        self._known: dict[str, Element] = {}
        self._addresses: dict[str, Any] = {}

    async def answer(self, shows: Callable[[Visitor], bool] | None = None) -> None:
        """Wait until the page shows something, or, without it, until nothing runs any more.

        Raises:
            TimeoutError: it does not come about within a minute.
            RuntimeError: a run of the app failed.
        """
        async with asyncio.timeout(PATIENCE_S):
            while not (shows(self) if shows else self.at_rest):
                if self.at_rest:
                    raise RuntimeError("The page is at rest and does not show what was waited for.")
                self._take(ForwardMsg.FromString(await self._receive()))

    async def upload(self, data: bytes, name: str = "photo.jpg", *, again: bool = True) -> int:
        """Send a file to the page's first field for one, and, where `again`, let the app run; the status of sending."""
        address = await self.upload_address(name)
        status = await self.put(address.upload_url, data, name)
        if again and status < 300:
            state = WidgetState(id=self._one(lambda element: element.HasField("file_uploader")).file_uploader.id)
            info = state.file_uploader_state_value.uploaded_file_info.add()
            info.name, info.size, info.file_id = name, len(data), address.file_id
            info.file_urls.CopyFrom(address)
            await self.run(state)
        return status

    async def upload_address(self, name: str = "photo.jpg") -> Any:
        """A new address to send a file to, as the app gives it."""
        request = BackMsg()
        request.file_urls_request.request_id = key = uuid.uuid4().hex
        request.file_urls_request.file_names.append(name)
        request.file_urls_request.session_id = self.session
        await self._socket.send(request.SerializeToString())
        async with asyncio.timeout(PATIENCE_S):
            while key not in self._addresses:
                self._take(ForwardMsg.FromString(await self._receive()))
        return self._addresses.pop(key)

    async def put(self, address: str, data: bytes, name: str = "photo.jpg") -> int:
        """Send a file to an address; the status of the answer."""
        sent = await self._http.put(
            self._base + address,
            files={name: (name, data, "image/jpeg")},
            headers={"X-Xsrftoken": self._http.cookies["_streamlit_xsrf"]},
        )
        return sent.status_code

    async def click(self, label: str) -> None:
        """Click on a button."""
        button = self._one(lambda element: element.HasField("button") and element.button.label == label)
        await self.run(WidgetState(id=button.button.id, trigger_value=True))

    async def send(self, label: str, event: str, value: Any) -> None:
        """Let the part of the page whose data have this label send an event."""
        part = self._one(lambda element: data_of(element).get("label") == label)
        id = f"$$STREAMLIT_INTERNAL_KEY_{part.bidi_component.id}__events"
        await self.run(WidgetState(id=id, json_trigger_value=json.dumps([{"event": event, "value": value}])))

    async def run(self, *states: WidgetState) -> None:
        """Ask for a run, with what was changed."""
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_script_hash = self._query, self._page
        run.widget_states.widgets.extend(states)
        run.cached_message_hashes.extend(self._known)
        self.elements, self.at_rest = {}, False
        await self._socket.send(message.SerializeToString())

    def cards(self, label: str = HITS) -> list[dict[str, Any]]:
        """The product cards that are shown under this label."""
        for element in self.elements.values():
            if (data := data_of(element)).get("label") == label:
                return list(data["cards"])
        return []

    def _one(self, fits: Callable[[Element], bool]) -> Element:
        found = next(filter(fits, self.elements.values()), None)
        if found is None:
            raise RuntimeError("The page does not show what was to be used.")
        return found

    async def _receive(self) -> bytes:
        received = await self._socket.recv()
        return received if isinstance(received, bytes) else received.encode()

    def _take(self, message: ForwardMsg) -> None:
        """Draw what a message says."""
        place = tuple(message.metadata.delta_path)
        match message.WhichOneof("type"):
            case "new_session":
                self.elements = {}
                self.session = message.new_session.initialize.session_id or self.session
                self._page = message.new_session.page_script_hash
            case "delta" if message.delta.HasField("new_element"):
                element = message.delta.new_element
                if element.HasField("exception"):
                    raise RuntimeError(f"A run of the app failed: {element.exception.message}")
                self.elements[place] = element
                if message.metadata.cacheable:
                    self._known[message.hash] = element
            case "ref_hash":
                self.elements[place] = self._known[message.ref_hash]
            case "page_info_changed":
                self._query = message.page_info_changed.query_string
            case "file_urls_response":
                self._addresses[message.file_urls_response.response_id] = message.file_urls_response.file_urls[0]
            case "script_finished":
                self.at_rest = message.script_finished != _UNFINISHED


def data_of(element: Element) -> dict[str, Any]:
    """What a part of the app's own was given to draw; nothing where the element is none."""
    if not element.HasField("bidi_component") or not element.bidi_component.json:
        return {}
    data = json.loads(element.bidi_component.json)
    return data if isinstance(data, dict) else {}


@asynccontextmanager
async def visit(base: str, query: str = "") -> AsyncIterator[Visitor]:
    """Open the app's page (of the address `base`, with this query string) and wait until it is drawn."""
    async with httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False) as http:
        (await http.get(f"{base}/_stcore/health")).raise_for_status()
        token = http.cookies["_streamlit_xsrf"]
        async with connect(
            f"{base.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=["streamlit", token],  # type: ignore[list-item]
            additional_headers={"Cookie": f"_streamlit_xsrf={token}"},
            max_size=None,
            proxy=None,
        ) as socket:
            visitor = Visitor(http, socket, base, query)
            await visitor.run()
            await visitor.answer()
            yield visitor
