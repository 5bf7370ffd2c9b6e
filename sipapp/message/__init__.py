"""sipapp.message."""
