from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """What the environment says. Without it, the import fails and nothing is served."""

    database_url: str = Field(min_length=1)
    upload_dir: Path
    jwt_secret: str
    allowed_origins: str = ""

    @field_validator("jwt_secret")
    @classmethod
    def long_enough(cls, value: str) -> str:
        if len(value.encode()) < 32:
            raise ValueError("JWT_SECRET needs 32 bytes or more")
        return value

    @property
    def origins(self) -> list[str]:
        return [origin.strip() for origin in self.allowed_origins.split(",") if origin.strip()]


settings = Settings()
