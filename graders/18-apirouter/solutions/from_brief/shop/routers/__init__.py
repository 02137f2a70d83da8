"""One package for each version of the API, one module for each domain."""
