"""The site's configuration (``make docs-site``). Nothing on it comes from another host: it opens from a folder as well."""

from pathlib import Path

project = "Bassin"
author = "Bassin"
language = "en"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "Bassin"
# Documents for programs lie beside the pages and are linked from them.
html_extra_path = [
    "asyncapi.json",
    *sorted(path.name for path in Path(__file__).parent.glob("openapi-*.json")),
]
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False
exclude_patterns = ["env.example"]
myst_heading_anchors = 3
# A link that leads nowhere fails the build (-W).
