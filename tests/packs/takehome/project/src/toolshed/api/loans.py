from datetime import UTC, date, datetime, timedelta

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..database import DB
from ..models import Loan, Tool
from ..security import Me

router = APIRouter(prefix="/loans", tags=["loans"])


class NewLoan(BaseModel):
    tool_id: int


class LoanOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    tool_id: int
    due: date


@router.post("", status_code=201, response_model=LoanOut)
def borrow(new: NewLoan, session: DB, me: Me, request: Request) -> Loan:
    if session.get(Tool, new.tool_id) is None:
        raise HTTPException(404, "There is no such tool")
    due = datetime.now(UTC).date() + timedelta(days=request.app.state.settings.loan_days)
    loan = Loan(tool_id=new.tool_id, member_id=me.id, due=due)
    session.add(loan)
    try:
        session.commit()
    except IntegrityError:
        raise HTTPException(409, "Somebody has this tool") from None
    return loan


@router.get("", response_model=list[LoanOut])
def mine(session: DB, me: Me) -> list[Loan]:
    return list(session.scalars(select(Loan).where(Loan.member_id == me.id)))


@router.delete("/{loan_id}", status_code=204)
def bring_back(loan_id: int, session: DB, me: Me) -> Response:
    loan = session.get(Loan, loan_id)
    if loan is None:
        raise HTTPException(404, "There is no such loan")
    if loan.member_id != me.id:
        raise HTTPException(403, "This is somebody else's loan")
    session.delete(loan)
    session.commit()
    return Response(status_code=204)
