"""What `Benchmarks/compare` is made of: rows, the two sides, the alternation, and the table."""
