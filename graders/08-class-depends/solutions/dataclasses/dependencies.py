import threading
from dataclasses import dataclass, field

from fastapi import Header, HTTPException, Query


@dataclass
class Paging:
    page: int = Query(1, ge=1)
    size: int = Query(20, ge=1, le=50)

    @property
    def offset(self):
        return (self.page - 1) * self.size


@dataclass(frozen=True)
class PlanChecker:
    plan: str

    async def __call__(self, x_plan: str = Header("")):
        if x_plan != self.plan:
            raise HTTPException(status_code=403)
        return x_plan


@dataclass(eq=False)
class Hits:
    count: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def __call__(self):
        return self


need_pro = PlanChecker("pro")
need_team = PlanChecker("team")
hits = Hits()
