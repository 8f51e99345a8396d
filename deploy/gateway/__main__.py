"""``python -m deploy.gateway FOLDER``: write what the gateway serves and how, at the build of its image."""

import argparse
import asyncio
import importlib
import json
from pathlib import Path

from deploy.gateway.configuration import Upstream, configuration, streams_of
from deploy.gateway.merged import Document, merged
from deploy.gateway.page import page
from shared.contracts.topics import SERVICES
from shared.service import Service
from shared.settings import load_settings


def upstream(name: str, document: Document) -> Upstream:
    """A service as the gateway sees it; nothing is connected."""
    service: Service = importlib.import_module(f"services.{name}.app").SERVICE
    settings = load_settings(service.settings, environment="test")
    runtime = service.runtime(settings)
    try:
        limits = service.compose(runtime).body_limits
    finally:
        asyncio.run(runtime.store.close())
    return Upstream(name, settings.max_body_bytes, limits, streams_of(document))


DOCS = Path(__file__).resolve().parents[2] / "docs"


def files() -> dict[str, str]:
    """Contents by name: the configuration's template, the merged document, the page."""
    # As the check of generated documents keeps them: the same as the code says.
    documents = {name: json.loads((DOCS / f"openapi-{name}.json").read_text()) for name in SERVICES}
    whole = merged(documents)
    upstreams = [upstream(name, document) for name, document in documents.items()]
    return {
        "nginx.conf.template": configuration(upstreams),
        "openapi.json": json.dumps(whole, ensure_ascii=False),
        "index.html": page(whole),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m deploy.gateway", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the gateway's pages are written")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (folder / name).write_text(text)
