"""sipapp.core."""
