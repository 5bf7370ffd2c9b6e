"""sql: what the database modules have in common: URLs, statements, connections in bounded pools."""
