"""The documentation page: every operation of the merged document, as plain HTML that needs no script and nobody else's server."""

from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --line: #8884; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 0.9em ui-monospace, monospace; }
details { border: 1px solid var(--line); border-radius: 4px; margin: 0.3rem 0; padding: 0.3rem 0.7rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); padding: 0.2rem 0.5rem; }
.method { display: inline-block; min-width: 4.5rem; font-weight: bold; }
"""


def page(document: dict[str, Any]) -> str:
    """The page of a merged document."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(document['info']['title'])}: HTTP</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(document['info']['title'])}</h1><p>{escape(document['info']['description'])}</p>",
        '<p>For programs: <a href="/openapi.json">/openapi.json</a>.</p><nav><ul>',
        *(f'<li><a href="#{escape(tag["name"])}">{escape(tag["name"])}</a></li>' for tag in document["tags"]),
        "</ul></nav>",
    ]
    said_once = document["components"]["responses"]
    for tag in document["tags"]:
        name = escape(tag["name"])
        parts.append(f'<h2 id="{name}">{name}</h2><p>{escape(tag["description"])}</p>')
        for path, operations in document["paths"].items():
            if path.startswith(f"/{tag['name']}/"):
                parts += [_operation(path, method, one, said_once) for method, one in operations.items()]
    return "".join([*parts, "</body></html>\n"])


def _operation(path: str, method: str, operation: dict[str, Any], said_once: dict[str, Any]) -> str:
    rows = [
        _row(
            one["name"], one["in"], _kind(one.get("schema", {})), one.get("description", ""), one.get("required", False)
        )
        for one in operation.get("parameters", [])
    ]
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        rows.append(_row("body", kind, _kind(media.get("schema", {})), "", True))
    for status, said in operation["responses"].items():
        answer = said_once[said["$ref"].rsplit("/", 1)[-1]] if "$ref" in said else said
        kinds = ", ".join(answer.get("content", {}))
        shapes = ", ".join(_kind(media.get("schema", {})) for media in answer.get("content", {}).values())
        rows.append(_row(status, kinds, shapes, answer.get("description", ""), False))
    security = operation.get("security")
    token = "" if security and {} not in security else " (no token needed)"
    return (
        f'<details id="{escape(operation["operationId"])}"><summary><span class="method">{method.upper()}</span> '
        f"<code>{escape(path)}</code> {escape(operation.get('summary', ''))}{token}</summary>"
        f"<p>{escape(operation.get('description', ''))}</p><table><tbody>{''.join(rows)}</tbody></table></details>"
    )


def _row(name: str, where: str, kind: str, text: str, required: bool) -> str:
    cells = (f"{name}{' *' if required else ''}", where, kind, text)
    return f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in cells)}</tr>"


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "")
