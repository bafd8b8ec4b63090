"""A bare "is this a fraud?" is the wish for a check; anything that holds what is to be judged is judged."""

import pytest
from speech import a_scam, a_verdict

from cases.understanding import Fact, Reason
from nlu.asking import asks_for

pytestmark = pytest.mark.unit
ONLY_ASKED = (Reason("victim_tells", "是不是骗子", 0, 5),)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("这是不是骗子", "check"),
        ("帮我看看这条短信是真的假的", "check"),
        ("帮我妈看看她收到的短信是不是骗人的", "for_other"),
        ("邻居大爷接的那个电话会不会是诈骗", "for_other"),
    ],
)
def test_a_question_alone_is_a_wish(text: str, wish: str) -> None:
    assert asks_for(text, a_scam(reasons=ONLY_ASKED)) == wish


def test_what_holds_something_to_judge_is_judged() -> None:
    told = a_scam(reasons=(*ONLY_ASKED, Reason("safe_account", "安全账户", 6, 10)))
    assert asks_for("让转到安全账户，是不是骗子", told) is None
    linked = a_scam(reasons=ONLY_ASKED, facts=(Fact("url", "http://a.top", 0, 12),))
    assert asks_for("http://a.top 是不是骗人的", linked) is None
    assert asks_for("刚转了三万，他是不是骗子", a_scam(state="paid")) is None
    assert asks_for("今天天气真好", a_verdict()) is None
    assert asks_for("他说是我领导让我先垫两万块钱过去说回头就还我你说这是不是骗子啊", a_scam()) is None
