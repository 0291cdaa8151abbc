"""Write-back: what a resolution has made in an outside system, where an admin allows it (docs/writing.md)."""
