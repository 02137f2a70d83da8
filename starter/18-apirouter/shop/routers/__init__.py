"""One module for each domain, each with a router of its own."""
