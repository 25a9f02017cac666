"""What the server needs of Streamlit and Streamlit does not promise to keep; nothing else reaches for it.

`tests/app/test_server_inside.py` fails where a new Streamlit has it otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import _calculate_file_id
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.typing import UploadedFile
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME


def is_connected(session: str) -> bool:
    """Whether a browser is at the other end of the session."""
    return get_instance().is_active_session(session)


def parked_bytes(session: str, file: str) -> int | None:
    """The size of an upload that the server holds; None where it holds none of that name."""
    found = get_instance().uploaded_file_mgr.get_files(session, [file])
    return len(found[0].data) if found else None


def drop_upload(session: str, file: str) -> None:
    """Let an upload's bytes go."""
    get_instance().uploaded_file_mgr.remove_file(session, file)  # type: ignore[attr-defined]


def drop_taken(file: UploadedFile) -> None:
    """In a run: let go of the bytes of a file that a widget of this session gave."""
    context = get_script_run_ctx()
    if context is not None:
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)  # type: ignore[attr-defined]


def end_lost_sessions() -> None:
    """End the sessions whose browser has been away for longer than `server.disconnectedSessionTTL`.

    Streamlit counts them as ended by then, and holds what is theirs until somebody else's browser goes away. Only on
    the event loop.
    """
    for _, lost in get_instance()._session_mgr._session_storage._cache.expire():  # type: ignore[attr-defined]
        lost.session.shutdown()
        # Streamlit's own loop still points at the session that it served last, and the session at its visitor's photo.
        lost.session.session_state.clear()


def prune_media() -> None:
    """Let go of pictures and files that no session shows any more; Streamlit does it when somebody's run ends."""
    get_instance().media_file_mgr.remove_orphaned_files()


def is_download(name: str) -> bool:
    """Whether there is a file to save (and not a picture to show) at the media address that ends with this name."""
    file = get_instance().media_file_mgr.read_file(name)
    return file is not None and file.kind is MediaFileKind.DOWNLOADABLE


def media_id(data: bytes, mime: str, name: str) -> str:
    """What Streamlit names a file by in its media address, without the ending."""
    return _calculate_file_id(data, mime, name)


def browser(cookies: Mapping[str, str] | None = None) -> str:
    """What tells one browser from every other: the secret in Streamlit's own cookie against forged requests.

    Empty where the browser keeps no cookies. Of this run's session where no cookies are given.
    """
    given = st.context.cookies if cookies is None else cookies
    secret, _ = decode_xsrf_token_string(given.get(XSRF_COOKIE_NAME, ""))
    return secret.hex() if secret else ""
