"""HTTP in, HTML out: pages ask the service, hand values to presenters, and draw."""
