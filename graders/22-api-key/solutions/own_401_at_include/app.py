from fastapi import Depends, FastAPI

from partners import get_partner, router

app = FastAPI(title="Orders for partners")
app.include_router(router, prefix="/partner", tags=["partners"], dependencies=[Depends(get_partner)])


@app.get("/")
async def home():
    return dict(ok=True)
