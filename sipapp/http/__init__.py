"""http: HTTP requests for the modules whose scripts make them: one engine, the codes of curl."""
