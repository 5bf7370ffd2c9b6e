"""sipapp.store."""
