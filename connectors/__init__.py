"""How outside systems are read and written; knows nothing of checks or cases."""
