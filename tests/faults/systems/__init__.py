"""The outside systems that run beside the product: what each holds, how it changes, and what it delivers."""
