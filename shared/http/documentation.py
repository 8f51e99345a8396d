"""``/docs``: Swagger's page, whose script and style come from the service itself.

FastAPI's own page loads them from elsewhere: it stays blank where there is no way out, and others learn who reads it.
"""

import base64
import hashlib
import json
import re
from datetime import timedelta
from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse, Response

from shared.errors import NotFound
from shared.http.examples import NEXT_WEEK
from shared.once import read_once
from shared.store import Store

router = APIRouter(include_in_schema=False)

_FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@router.get("/docs")
async def _page(request: Request) -> HTMLResponse:
    page = get_swagger_ui_html(
        openapi_url="openapi.json",
        title=f"{request.app.title}: HTTP",
        swagger_js_url="docs/swagger-ui-bundle.js",
        swagger_css_url="docs/swagger-ui.css",
        swagger_favicon_url="docs/favicon.png",
        swagger_ui_parameters={
            "docExpansion": "none",
            "displayRequestDuration": True,
            "filter": True,
            "validatorUrl": None,
        },
    )
    page.headers["Content-Security-Policy"] = _policy(bytes(page.body).decode())
    return page


@router.api_route("/openapi.json", methods=["GET", "HEAD"])
async def _document(request: Request) -> Response:
    """The document whose examples can be sent as they are, today."""
    store: Store = request.app.state.store
    week = (store.clock.now() + timedelta(days=7)).date().isoformat()
    document = json.dumps(request.app.openapi(), ensure_ascii=False).replace(NEXT_WEEK, week)
    return Response(document, media_type="application/json")


@router.get("/docs/{name}")
async def _file(name: str) -> Response:
    if name not in _FILES:
        raise NotFound("Ce fichier n’existe pas.")
    return Response(_content(name), media_type=_FILES[name], headers={"Cache-Control": "public, max-age=86400"})


@read_once
def _content(name: str) -> bytes:
    return (files("fastapi_offline") / "static" / name).read_bytes()


def _policy(page: str) -> str:
    """What the page needs is at its own host; of scripts within it only the one that starts it runs."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in _INLINE.findall(page)
    )
    return (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
