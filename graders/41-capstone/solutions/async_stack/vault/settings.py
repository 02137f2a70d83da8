from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
    jwt_secret: Annotated[str, Field(min_length=32)]
    upload_dir: str
    allowed_origins: str = ""

    @property
    def async_url(self) -> str:
        return self.database_url.replace("sqlite:", "sqlite+aiosqlite:")

    @property
    def origins(self) -> list[str]:
        return [origin.strip() for origin in self.allowed_origins.split(",") if origin.strip()]

    @property
    def uploads(self) -> Path:
        return Path(self.upload_dir)


settings = Settings()
