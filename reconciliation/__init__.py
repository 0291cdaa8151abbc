"""What each system says, and where they disagree."""
