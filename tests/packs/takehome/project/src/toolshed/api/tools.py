from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ..database import DB
from ..models import Tool
from ..security import Me

router = APIRouter(prefix="/tools", tags=["tools"])


class NewTool(BaseModel):
    name: str


class ToolOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    available: bool


@router.get("", response_model=list[ToolOut])
def tools(session: DB) -> list[Tool]:
    return list(session.scalars(select(Tool).options(selectinload(Tool.loan)).order_by(Tool.name)))


@router.post("", status_code=201, response_model=ToolOut)
def add(new: NewTool, session: DB, _me: Me) -> Tool:
    tool = Tool(name=new.name)
    session.add(tool)
    session.commit()
    return tool
