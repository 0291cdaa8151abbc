"""What the ledgers say, as pages: orders, returns, customers, SKUs, records, runs and feeds."""
