"""sipapp.testing."""
