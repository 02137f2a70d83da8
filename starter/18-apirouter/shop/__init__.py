"""The shop of 18-apirouter; the brief is in README.md."""
