"""What the server holds for its visitors, and what it serves: bounds, headers, memory. No page is drawn here."""

from starlette.middleware import Middleware

from app.server.downloads import OnlyToWhoAsked
from app.server.headers import Guarded
from app.server.memory import looked_after
from app.server.uploads import Bounded

SURROUNDED_BY = [Middleware(Guarded), Middleware(Bounded), Middleware(OnlyToWhoAsked)]
"""What every request passes before Streamlit sees it, the outermost first."""

__all__ = ["SURROUNDED_BY", "looked_after"]
