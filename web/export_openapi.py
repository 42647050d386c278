"""Print the shapes of the API's answers, from which the page's types are made: `npm run types`."""

import json

from sightline.http import app, openapi

schemas = openapi.document([*app.ENDPOINTS, *app.BROAD])["components"]["schemas"]
info = {"title": "Sightline", "version": "0"}
print(
    json.dumps({"openapi": "3.1.0", "info": info, "paths": {}, "components": {"schemas": schemas}}, indent=1)
)  # noqa: T201  # what it is for
