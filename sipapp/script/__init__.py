"""sipapp.script."""
