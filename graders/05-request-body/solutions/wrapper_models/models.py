from pydantic import BaseModel, Field, computed_field


class ItemIn(BaseModel):
    name: str
    price: float
    tags: list[str] = Field(default_factory=list)


class PricedItem(ItemIn):
    @computed_field
    @property
    def double(self) -> float:
        return self.price * 2


class ReplacedItem(BaseModel):
    item_id: int
    notify: bool
    item: ItemIn


class Buyer(BaseModel):
    email: str


class OrderIn(BaseModel):
    item: ItemIn
    buyer: Buyer
    quantity: int = Field(gt=0)


class NoteIn(BaseModel):
    text: str


class NoteLength(BaseModel):
    length: int
