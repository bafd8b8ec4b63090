"""What may a member of staff press on a case, and which act of their role does each press need?"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from cases.records import Role
from cases.roles import ROLE_MAY, Act


class Deed(StrEnum):
    """One thing that can be pressed; the value stands in the button's data, so it is short and stays."""

    ACCEPT = "accept"
    """受理: say what it is and let the rules route it"""
    TAKE = "take"
    """签收"""
    BEGIN = "begin"
    """开始办理"""
    ANSWER = "answer"
    """答复"""
    GO_ON = "go_on"
    """继续办理 after a wait"""
    CLOSE = "close"
    """办结"""
    REDO = "redo"
    """a reopened case is handled again"""
    UPHOLD = "uphold"
    """the former closing of a reopened case stands"""
    RULE = "rule"
    """裁定 whose it is"""
    ROUTE = "route"
    """分流 to another unit"""
    CHECK_DANGER = "check"
    """a person has looked at the danger"""
    GRANT = "grant"
    """more time is granted"""
    REFUSE = "refuse"
    """more time is refused"""
    REPLY = "reply"
    """复函"""
    VISITED = "visited"
    """回访: what the resident said when asked"""
    ARCHIVE = "archive"
    """销号归档"""
    ASK = "ask"
    """ask the resident; the clock stands still"""
    TELL = "tell"
    """a note the resident reads"""
    NOTE = "note"
    """an inner note"""
    ADVISE = "advise"
    """what an expert thinks of it"""
    CONTACT = "contact"
    """the resident was spoken to, on the telephone say"""
    CALL_ON = "callon"
    """巡诊: a visit that was made"""
    MEDIATE = "mediate"
    """调解"""
    AGREE = "agree"
    """an agreement, written or oral"""
    KEPT = "kept"
    """whether an agreement was kept (履行)"""
    END_MEDIATION = "endmed"
    """终止调解, naming the lawful ways"""
    WAIT = "wait"
    """wait for an appraisal or a hearing"""
    EXTEND = "extend"
    """ask for more time"""
    SEND_BACK = "sendback"
    """退单"""
    DECLINE = "decline"
    """不予受理"""
    TRANSFER = "transfer"
    """移送"""
    MERGE = "merge"
    """并单"""
    MEET = "meet"
    """call a joint meeting (会诊)"""
    HOLD = "hold"
    """a meeting was held: its minutes"""
    TASK = "task"
    """set a task"""
    STRIKE = "strike"
    """strike a task off (销号)"""
    LETTER = "letter"
    """send a letter of supervision"""
    SORT = "sort"
    """say what it really is about"""
    HAND_OVER = "hand"
    """give it to a colleague"""
    INVITE = "invite"
    """let a volunteer or expert see it"""
    RAISE = "raise"
    """a danger signal was seen"""
    LOWER = "lower"
    """lower the danger level"""
    CLASSIFY = "class"
    """unreachable, or not lawful"""
    RECUSE = "recuse"
    """回避"""
    GLASS = "glass"
    """an administrator opens one case for an hour"""


# In the order in which they are offered: what moves the case on comes first.
NEEDS: Mapping[Deed, Act] = {
    Deed.ACCEPT: Act.ACCEPT,
    Deed.TAKE: Act.TAKE,
    Deed.CHECK_DANGER: Act.REVIEW_DANGER,
    Deed.ANSWER: Act.WORK,
    Deed.GO_ON: Act.WORK,
    Deed.REDO: Act.REVIEW,
    Deed.UPHOLD: Act.REVIEW,
    Deed.RULE: Act.ROUTE,
    Deed.CLOSE: Act.CLOSE,
    Deed.GRANT: Act.GRANT,
    Deed.REFUSE: Act.GRANT,
    Deed.REPLY: Act.REPLY,
    Deed.VISITED: Act.VISIT,
    Deed.ARCHIVE: Act.ARCHIVE,
    Deed.DECLINE: Act.DECLINE,
    Deed.SEND_BACK: Act.SEND_BACK,
    Deed.BEGIN: Act.WORK,
    Deed.ASK: Act.WORK,
    Deed.TELL: Act.WORK,
    Deed.ADVISE: Act.NOTE,
    Deed.NOTE: Act.NOTE,
    Deed.CONTACT: Act.WORK,
    Deed.CALL_ON: Act.MEET,
    Deed.MEDIATE: Act.MEDIATE,
    Deed.AGREE: Act.MEDIATE,
    Deed.KEPT: Act.MEDIATE,
    Deed.END_MEDIATION: Act.MEDIATE,
    Deed.MEET: Act.MEET,
    Deed.HOLD: Act.MEET,
    Deed.TASK: Act.MEET,
    Deed.STRIKE: Act.WORK,
    Deed.WAIT: Act.WORK,
    Deed.EXTEND: Act.EXTEND,
    Deed.HAND_OVER: Act.HAND_OVER,
    Deed.INVITE: Act.INVITE,
    Deed.SORT: Act.CORRECT,
    Deed.ROUTE: Act.ROUTE,
    Deed.LETTER: Act.LETTER,
    Deed.TRANSFER: Act.TRANSFER,
    Deed.MERGE: Act.MERGE,
    Deed.RAISE: Act.NOTE,
    Deed.LOWER: Act.LOWER_DANGER,
    Deed.CLASSIFY: Act.REVIEW,
    Deed.RECUSE: Act.RECUSE,
}


def act_of(deed: Deed, role: Role) -> Act:
    """The act of a role that a deed needs: a centre asks about an agreement as it asks at a return visit."""
    if deed is Deed.KEPT and Act.VISIT in ROLE_MAY[role]:
        return Act.VISIT
    return NEEDS[deed]
