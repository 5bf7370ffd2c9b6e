"""What the tokens of a script may be put together to."""
