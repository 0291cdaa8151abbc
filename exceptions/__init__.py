"""Who does what about a disagreement, by when."""
