"""sipapp.transport."""
