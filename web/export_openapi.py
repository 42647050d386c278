# ruff: noqa: INP001  # a script, not a package
"""Print the shapes of the API's answers, from which the page's types are made: `npm run types`."""

import json
import sys

from sightline.http import app, openapi

schemas = openapi.document([*app.ENDPOINTS, *app.BROAD])["components"]["schemas"]
info = {"title": "Sightline", "version": "0"}
json.dump(
    {"openapi": "3.1.0", "info": info, "paths": {}, "components": {"schemas": schemas}}, sys.stdout, indent=1
)
sys.stdout.write("\n")
