"""Setting up a brand in one sitting: from nothing to the first exceptions, each step at an address of its own."""
