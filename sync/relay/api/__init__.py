"""The relay's HTTP interface: one module a family of routes; `app.make_api` puts it together."""
