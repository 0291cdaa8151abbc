"""The trail: what it says in words, its page, and the chain that proves it whole."""
