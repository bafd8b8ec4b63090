"""Which persons, places and apps does a message name? Patterns only: a name no pattern knows is not found."""

from __future__ import annotations

import re

_SINGLE_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦昌马苗"
    "凤方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余顾孟黄穆萧尹姚邵汪祁毛狄臧戴宋庞"
    "熊纪舒屈项祝董梁杜阮蓝闵季贾路娄江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房缪解应宗丁宣邓"
    "单洪包左石崔吉龚程裴陆荣翁荀段焦侯宁仇甘武符刘景詹龙叶司黎溥印白蒲申冉牛付师曾尚曲耿满寇聂辛阎关"
)
_SURNAME = f"(?:欧阳|司马|上官|诸葛|[{_SINGLE_SURNAMES}])"
_TITLE = (
    "(?:先生|女士|小姐|阿姨|叔叔|大爷|大妈|大娘|大伯|大哥|大姐|奶奶|爷爷|师傅|老师|医生|护士|律师|法官|检察官|警官|民警|警察"
    "|主任|经理|总监|科长|处长|局长|书记|校长|院长|队长|所长|老板娘|老板|会计|客服|顾问|教授|总(?![们统是共之]))"
)
_SAID_BEFORE = (
    "我叫",
    "名叫",
    "姓名:",
    "姓名：",
    "户名:",
    "户名：",
    "收款人:",
    "收款人：",
    "联系人:",
    "联系人：",
)
_INTRODUCED = "|".join(f"(?<={word})" for word in _SAID_BEFORE)
PERSON = re.compile(
    rf"(?<![{_SINGLE_SURNAMES}]){_SURNAME}(?:某某?|x{{1,2}}|\*{{1,2}}|[\u4e00-\u9fff]{{1,2}}?)?{_TITLE}"
    rf"|(?:{_INTRODUCED}){_SURNAME}[\u4e00-\u9fff*]{{1,2}}"
    # 小王, 老李: only where the sentence leaves no doubt that it is somebody
    rf"|(?:(?<=[\s，。、,:：我叫给找的跟和])|(?<![^\s]))[小老阿][{_SINGLE_SURNAMES}]"
    r"(?=[，。、,\s!！?？:：说跟和在把给打来欠是也]|$)"
)

_COUNT = "[零一二两三四五六七八九十百0-9a-z]"
_TAIL = (
    rf"(?:{_COUNT}{{1,5}}(?:号院|号楼|栋|幢|座|组|号|楼|排|弄|区)){{0,2}}"
    rf"(?:{_COUNT}{{1,3}}单元)?(?:{_COUNT}{{1,5}}(?:室|户|层|楼|号))?"
)
_GRAMMAR = (
    "我你他她它您们俺恁咱这那哪的了在到去从是有把被对跟和与给让为就都还也很不没想说来往住某每各该本全"
    "一二三两几,.。，、"
)
_PROPER = rf"[^{_GRAMMAR}\W\da-z]"
_CITY = "市(?![场民政面值])"
_DISTRICT = f"(?:县|区(?![别分域块])|{_CITY})"
_SPOT = (
    "社区(?!工作|干部|民警)|小区|花园|家园|公寓|家属院|新村|村(?![民干委支里口长上])|庄(?!稼)"
    "|大道|路(?![上过边灯口费程人由况段])|街(?![上坊道边])|巷|胡同|广场|大厦|商场|市场"
)
_OFFICE = f"(?:省|{_CITY}|县(?!城)|镇|派出所|法院|综治中心|医院)"
PLACE = re.compile(
    rf"(?:{_PROPER}{{2,5}}(?:省|自治区|{_CITY}|县(?!城里)))?(?:{_PROPER}{{1,5}}{_DISTRICT})?"
    rf"(?:{_PROPER}{{1,5}}(?:镇|乡(?!亲|下)|街道(?!办事)|办事处))?(?:{_PROPER}{{1,7}}(?:{_SPOT})){_TAIL}"
    rf"|{_PROPER}{{2,4}}{_OFFICE}"
    rf"|{_COUNT}{{1,4}}(?:号楼|栋|幢){_COUNT}{{0,4}}(?:单元)?(?:{_COUNT}{{1,5}}(?:室|户|层|楼|号))?"
)

_KNOWN_APPS = (
    "微信|支付宝|抖音|快手|小红书|微博|淘宝|天猫|京东白条|京东|拼多多|闲鱼|转转|美团|饿了么|滴滴|钉钉|飞书|陌陌|探探"
    "|腾讯会议|腾讯视频|云闪付|花呗|借呗|微粒贷|得物|唯品会|百合网|世纪佳缘|国家反诈中心|个人所得税|交管12123|知乎"
    "|王者荣耀|和平精英|高德地图|百度网盘|携程|去哪儿|12306"
)
_LATIN_APPS = "qq|soul|zoom|teams|whatsapp|telegram|skype|todesk|anydesk|teamviewer"
APP = re.compile(
    rf"(?:{_KNOWN_APPS})(?:app)?|(?<![a-z0-9./@])(?:{_LATIN_APPS})(?![a-z0-9])(?:app)?"
    r"|(?<=[“\"「『《])[\u4e00-\u9fffa-z0-9]{2,10}(?=[”\"」』》](?:app|软件|平台|小程序|应用))"
    r"|(?<![a-z])[a-z][a-z0-9]{1,14}(?:app|软件|平台)"
    r"|(?:(?<=下载)|(?<=安装)|(?<=打开)|(?<=注册))(?:[了一个]{1,3})?[\u4e00-\u9fff]{2,6}app"
)
_GRAMMAR_BEFORE_APP = re.compile(r"[了一个]{0,3}")


def leading_grammar(name: str) -> int:
    """How many characters at the head of a matched app name are grammar, not name (了一个)."""
    match = _GRAMMAR_BEFORE_APP.match(name)
    return match.end() if match else 0
