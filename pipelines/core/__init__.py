"""The machinery of pipelines; nobody edits it to add a thing."""
