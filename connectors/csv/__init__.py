"""CSV files: mappings of their columns onto the contract, and their rows as records."""
