"""The OpenAPI document as one readable page: made here, without scripts, so that it needs no internet."""

import base64
import hashlib
import json
from html import escape
from typing import Any

STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 0.875em/1.5 ui-monospace, monospace; }
pre { border: 1px solid var(--line); border-radius: 4px; padding: 0.75rem; overflow: auto; max-height: 24rem;
  user-select: all; }
details { border-top: 1px solid var(--line); padding: 0.5rem 0; }
summary { cursor: pointer; }
summary code { font-weight: 600; }
table { border-collapse: collapse; }
td, th { text-align: left; vertical-align: top; padding: 0.125rem 1rem 0.125rem 0; }
nav a { margin-right: 1rem; }
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
}
METHODS = ("get", "post", "put", "delete")


def render(document: dict[str, Any], address: str) -> str:
    """HTML. `address` is that of the server, for the curl commands."""
    groups: dict[str, list[str]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                groups[item[method]["tags"][0]].append(_operation(document, path, method, address))
    links = " ".join(f'<a href="#{_anchor(name)}">{escape(name)}</a>' for name in groups)
    sections = "".join(
        f'<h2 id="{_anchor(name)}">{escape(name)}</h2>{"".join(told)}' for name, told in groups.items()
    )
    info = document["info"]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(info['title'])} API</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])} API <small>{escape(info['version'])}</small></h1>"
        f"<p>{escape(info['summary'])} "
        'As a document for tools: <a href="/openapi.json">openapi.json</a>, OpenAPI 3.1.</p>'
        "<p>A key goes into the query (<code>?api_key=</code>), into <code>Authorization: Bearer …</code> or into "
        "<code>X-API-Key</code>. Every error is <code>{&quot;error&quot;, &quot;message&quot;, &quot;hint&quot;, "
        "&quot;where&quot;}</code>.</p>"
        f"<nav>{links}</nav>{sections}</body></html>"
    )


def _operation(document: dict[str, Any], path: str, method: str, address: str) -> str:
    told = document["paths"][path][method]
    name = f"<code>{method.upper()} {escape(path)}</code> {escape(told['summary'])}"
    parts = [f'<details id="{told["operationId"]}"><summary>{name}</summary>']
    if "description" in told:
        parts.append(f"<p>{escape(told['description']).replace('`', '')}</p>")
    if parameters := told.get("parameters"):
        rows = "".join(
            f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(_kind(one['schema']))}</td>"
            f"<td>{'required. ' if one['required'] else ''}{escape(one['description']).replace('`', '')}</td></tr>"
            for one in parameters
        )
        parts.append(f"<table>{rows}</table>")
    body = _example(told.get("requestBody", {}))
    parts.append(f"<pre>{escape(_curl(path, method, told, body, address))}</pre>")
    status, answer = next(iter(told["responses"].items()))
    example = _example(answer)
    shown = (
        "" if example is None else f"<pre>{escape(json.dumps(example, ensure_ascii=False, indent=1))}</pre>"
    )
    errors = ", ".join(code for code in told["responses"] if code != status)
    parts.append(f"<p>Answers {status}{f'; else {errors}' if errors else ''}.</p>{shown}</details>")
    return "".join(parts)


def _curl(path: str, method: str, told: dict[str, Any], body: object, address: str) -> str:
    required = [
        f"{one['name']}=…" for one in told.get("parameters", []) if one["in"] == "query" and one["required"]
    ]
    query = f"?{'&'.join(required)}" if required else ""
    lines = [f"curl -X {method.upper()} '{address}{path}{query}'"]
    if told.get("security") != [] and not (isinstance(body, dict) and "api_key" in body):
        lines.append("-H 'Authorization: Bearer <your_api_key>'")
    if body is not None:
        lines += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(body, ensure_ascii=False)}'"]
    return " \\\n  ".join(lines)


def _example(part: dict[str, Any]) -> Any:
    return next((content.get("example") for content in part.get("content", {}).values()), None)


def _kind(schema: dict[str, Any]) -> str:
    kind = " or ".join(map(str, schema["enum"])) if "enum" in schema else str(schema.get("type", ""))
    if "minimum" in schema and "maximum" in schema:
        kind += f", {schema['minimum']} to {schema['maximum']}"
    return kind


def _anchor(name: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in name.lower())
