"""Which papers are there, how are they called, and which of them only a reply closes?"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

WORDING = Path(__file__).with_name("wording.yml")


class PaperKind(StrEnum):
    """A kind of paper; its value is also the name of its template file."""

    MEDIATION_APPLICATION = "mediation_application"
    """调解申请书: somebody asks for mediation of their own will."""
    ACCEPTANCE_FORM = "acceptance_form"
    """受理登记表: what was received, by whom, until when it is answered."""
    MEDIATION_RECORD = "mediation_record"
    """调解笔录: who said what in one session."""
    MEDIATION_AGREEMENT = "mediation_agreement"
    """调解协议书: what the parties agreed in writing."""
    ORAL_AGREEMENT = "oral_agreement"
    """口头协议登记: what they agreed by word of mouth, as the mediator noted it."""
    JUDICIAL_CONFIRMATION = "judicial_confirmation"
    """司法确认申请书: both parties ask a court to confirm their agreement."""
    MEDIATION_TERMINATED = "mediation_terminated"
    """终止调解告知书: mediation has ended without agreement; names the lawful routes left."""
    NOT_ACCEPTED = "not_accepted"
    """不予受理告知书: why a matter is not accepted, and where it can lawfully go."""
    DISPATCH_SLIP = "dispatch_slip"
    """转办单: the centre passes a matter on to the unit it belongs to."""
    ASSIGNMENT_SLIP = "assignment_slip"
    """交办通知书 (交办单): a unit is told to handle a matter by a day."""
    REPORT_SLIP = "report_slip"
    """呈报单: a matter is laid before a higher unit."""
    REPLY_SLIP = "reply_slip"
    """回复单: a unit answers a letter or slip."""
    EXTENSION_FORM = "extension_form"
    """延期审批表: more time is asked for, with reason and approver."""
    PROMPT_LETTER = "prompt_letter"
    """提示函: the first, mild reminder."""
    WARNING_LETTER = "warning_letter"
    """警示函: the stronger one, after a prompt was without effect."""
    SUPERVISION_LETTER = "supervision_letter"
    """督办函: a matter is supervised from above."""
    RECTIFICATION_NOTICE = "rectification_notice"
    """整改通知书: something found on review has to be put right."""
    CLOSING_REPORT = "closing_report"
    """办结报告书: what was done and what the resident says of it."""
    RISK_NOTICE = "risk_notice"
    """报警风险告知: danger signals of a case, told to the police post."""
    RETURN_VISIT_RECORD = "return_visit_record"
    """回访记录: what the resident said when asked afterwards."""
    DOSSIER_COVER = "dossier_cover"
    """卷宗封面: the first sheet of a dossier."""
    DOSSIER_INDEX = "dossier_index"
    """卷宗目录: the list of what a dossier holds."""


LETTERS = frozenset(
    {
        PaperKind.PROMPT_LETTER,
        PaperKind.WARNING_LETTER,
        PaperKind.SUPERVISION_LETTER,
        PaperKind.RECTIFICATION_NOTICE,
    }
)
"""What a unit has to answer in writing: only a reply closes it."""


def title(kind: PaperKind, locale: str = "zh-Hans") -> str:
    """The name of a kind of paper, in `zh-Hans` or `en`."""
    return _titles()[kind][locale]


@cache
def _titles() -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(WORDING.read_text(encoding="utf-8"))
    return told["kinds"]
