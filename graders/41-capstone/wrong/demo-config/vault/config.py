import os
from pathlib import Path


DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite:///vault.db")
UPLOAD_DIR = Path(os.environ.get("UPLOAD_DIR", "uploads"))
JWT_SECRET = os.environ.get("JWT_SECRET") or "change me before you deploy this"
ORIGINS = ["*"]
