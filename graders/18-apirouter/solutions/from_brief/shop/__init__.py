"""The shop of 18-apirouter."""
