"""The handbook for whoever takes over: its chapters, its picture, and its PDF."""
