"""A vault for documents."""
