"""Every table of the pages as a file: what it holds, who may take it, and the entry in the trail that somebody did."""
