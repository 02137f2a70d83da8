from pydantic import BaseModel, ConfigDict, SecretStr


class Card(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str


class Profile(Card):
    email: str


class NewUser(BaseModel):
    name: str
    email: str
    password: SecretStr


class Prefs(BaseModel):
    theme: str | None = "light"
    locale: str | None = "en"
    page_size: int | None = 20
