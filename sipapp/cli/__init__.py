"""sipapp.cli."""
