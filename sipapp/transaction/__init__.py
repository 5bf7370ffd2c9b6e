"""sipapp.transaction."""
