from fastapi import APIRouter, FastAPI

from models import Signup, Welcome

router = APIRouter()


@router.post("/signup", response_model=Welcome)
async def sign_up(body: Signup):
    return Welcome(username=body.username, city=body.address.city, contacts=len(body.contacts))


app = FastAPI()
app.include_router(router)
