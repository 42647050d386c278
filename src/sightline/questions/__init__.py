"""What can be asked of a workspace: one module a question, with its parameters, its SQL and its answer.

Every question is `ask(session, parameters) -> answer`. Parameters are flat structs of texts and numbers as they stand
in a query string, and say what time it is (`now`, microseconds); answers are structs whose JSON is docs/api.md.
"""
