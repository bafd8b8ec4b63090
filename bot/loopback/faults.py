"""Which calls are to fail, and how: a test writes the script, the server plays it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.loopback.calls import Call
from bot.loopback.refusals import Refusal

ANY = "*"


@dataclass(frozen=True, slots=True)
class Refused:
    """The call is not carried out; the answer is a well-formed refusal."""

    status: int
    description: str
    retry_after: int | None = None

    def refusal(self) -> Refusal:
        return Refusal(self.status, self.description, retry_after=self.retry_after)


@dataclass(frozen=True, slots=True)
class Slow:
    """The call is carried out at once, but its answer takes `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """The connection is cut without an answer, before the call was carried out or after it."""

    carried_out: bool = False


@dataclass(frozen=True, slots=True)
class Garbled:
    """The answer is no JSON at all, as from a gateway that stands before the real server."""

    status: int = 502
    body: str = "<html><body><h1>502 Bad Gateway</h1></body></html>"


Fault = Refused | Slow | Dropped | Garbled


def too_many_requests(retry_after: int = 1) -> Refused:
    """Telegram's flood limit (429)."""
    return Refused(429, f"Too Many Requests: retry after {retry_after}", retry_after)


def server_error(status: int = 500) -> Refused:
    """Trouble on Telegram's side (5xx)."""
    return Refused(
        status, {502: "Bad Gateway", 503: "Service Unavailable"}.get(status, "Internal Server Error")
    )


def forbidden(description: str = "user is deactivated") -> Refused:
    """A person who cannot be written to (403); for a block, `Visitor.blocks` is the natural way."""
    return Refused(403, f"Forbidden: {description}")


@dataclass(slots=True)
class _Plan:
    method: str
    fault: Fault
    chat: int | None
    left: int | None


@dataclass(slots=True)
class Script:
    """What goes wrong next; plans are played in the order in which they were written."""

    plans: list[_Plan] = field(default_factory=list)

    def plan(self, method: str, fault: Fault, *, times: int | None, chat: int | None) -> None:
        """The next `times` calls (None: all) of `method` (`*`: any) fail so, to `chat` if one is named."""
        self.plans.append(_Plan(method.lower(), fault, chat, times))

    def take(self, call: Call) -> Fault | None:
        """The fault of this call, used up by it."""
        for plan in self.plans:
            if plan.method in (ANY, call.method.lower()) and plan.chat in (None, call.chat):
                self._use(plan)
                return plan.fault
        return None

    def _use(self, plan: _Plan) -> None:
        if plan.left is not None:
            plan.left -= 1
            if plan.left == 0:
                self.plans.remove(plan)

    def forget(self) -> None:
        """From now on nothing fails."""
        self.plans.clear()
