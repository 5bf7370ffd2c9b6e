"""sipapp.rpc."""
