"""Other people's formats <-> domain, pure functions: one module a format."""
