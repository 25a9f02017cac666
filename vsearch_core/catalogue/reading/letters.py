"""Which code page a file was written in, told by the letters that each reading of its bytes would give.

Detectors of encodings are made for pages of prose; a catalogue is a list of names, and some have three. Each reading
is weighed as a whole: how usual its letters are in the languages of that code page, and whether words look like words
(one script, no capital inside, no symbol between letters). What counts is the likelihood of all distinct words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class _Language:
    """Its letters beyond ASCII, the most frequent first; letters of ASCII that its own words hardly have; how much less
    often catalogues are in it than in the most usual ones (a logarithm)."""

    letters: str
    rare: str = ""
    prior: float = 0.0


_LANGUAGES = {
    "fr": _Language("éèàêçîâôûùëïœ", "kw"),
    "de": _Language("üäöß", "qxy"),
    "es": _Language("óñíáéúü", "kw"),
    "pt": _Language("ãçáõéíâêóôúà", "kwy"),
    "it": _Language("àèùòìé", "jkwxy"),
    "sv": _Language("äåöé", "qwz", -0.3),
    "da": _Language("øåæé", "qwxz", -0.3),
    "is": _Language("íðáþóæöéúý", "cqwz", -3.0),
    "pl": _Language("łąęóżśćńź", "qvx", -0.5),
    "cs": _Language("íáěéýřčžšůúťďňó", "qwx", -0.5),
    "sk": _Language("áíčúšéžýľťôňäďóĺŕ", "qwx", -0.8),
    "hu": _Language("áéöóőíüúű", "qwx", -0.5),
    "ro": _Language("ăîâşţșț", "kqwy", -1.5),
    "hr": _Language("čšžćđ", "qwxy", -0.8),
    "tr": _Language("ıüşğçöiâ", "qwx", -0.7),
    "lt": _Language("ėšųžįąčūę", "fhqwx", -1.0),
    "lv": _Language("āīēšūņļžčģķŗ", "hqwxy", -1.0),
    "et": _Language("äõüöšž", "cqwxyz", -2.0),
    "vi": _Language("\u0301\u0300đ\u0323ơưăâêô\u0309\u0303", "fjwz", -3.0),
    "ru": _Language("оеаинтсрвлкмдпуяыьгзбчёйхжшюцщэфъ", "", -0.3),
    "uk": _Language("оанивіретслкудмпязьбгйчхцюїжєшщфґ", "", -0.7),
    "bg": _Language("аоиентрсвлкдпмуъязбгчщжцхйшфюь", "", -1.0),
    "sr": _Language("аоиенрстјукдвмплзбгшчцжњћђхфљџ", "", -2.0),
    "el": _Language("αοιετσνηυρπκμλωςδγίόάχθέφήβύξώζψϊϋΐ", "", -0.7),
    "he": _Language("יוהלאתרבמשנעקפדחםגצכטזסןךףץ", "", -1.0),
    "ar": _Language("اليمنوتربةعدسفهكقحجشطصخغضزذثئأإآىءؤظپچگژ", "", -1.0),
    "th": _Language("านรกอเงตมยลส่้วดทปีัิพคขจแใไชบถหะุูืซฟำผธโณ็ญศษภ์ฐ", "", -1.0),
}
_WEST, _EAST, _CYRILLIC = "fr de es pt it sv da is", "pl cs sk hu ro hr de", "ru uk bg sr"

_CODE_PAGES: Mapping[str, tuple[str, float]] = {
    "cp1252": (_WEST, 0.0),
    "cp1251": (_CYRILLIC, 0.0),
    "cp1250": (_EAST, 0.0),
    "cp1254": ("tr", 0.0),
    "cp1253": ("el", 0.0),
    "cp1255": ("he", 0.0),
    "cp1256": ("ar", 0.0),
    "cp1257": ("lt lv et", 0.0),
    "cp874": ("th", 0.0),
    "cp1258": ("vi", 0.0),
    "koi8-r": ("ru", -1.0),
    "koi8-u": ("uk", -1.5),
    "iso8859-2": (_EAST, -0.4),
    "iso8859-5": (_CYRILLIC, -2.5),
    "iso8859-7": ("el", -0.5),
    "iso8859-15": ("fr de es pt it sv da et", -3.0),
    "cp866": ("ru", -1.5),
    "mac-cyrillic": ("ru uk", -2.5),
    "mac-roman": (_WEST, -3.0),
    "mac-latin2": (_EAST, -3.5),
    "cp850": (_WEST, -5.0),
    "cp852": (_EAST, -5.0),
}
"""Code page: its languages, and how much less usual it is than the others of these languages (a logarithm)."""

_WIDE = {"gb18030": "zh", "big5": "zh-tw", "cp949": "ko", "cp932": "ja", "euc-jp": "ja"}
"""Encodings of several bytes a letter, and their language."""

# signs that are usual in names of goods; they are common to all languages of East Asia
_HAN = (
    "大小中上下新色男女子生日年人手天花白黑红紅蓝藍绿綠黄黃灰粉紫棕米银銀金春夏秋冬季款式长長短袖裤褲裙衣服装裝衫外套夹夾克毛针針织織棉麻丝絲绸綢皮革包袋鞋靴帽"
    "带帶腰巾围圍手套袜襪内內衬襯连連身牛仔休闲閒运運动動高跟平底凉涼拖单單双雙肩背斜挎钱錢表首饰飾项項链鏈耳环環戒指眼镜鏡太阳陽童婴嬰儿兒宝寶修宽寬松鬆厚薄"
    "加绒絨羽绒風风雨防水晒曬泳纯純韩韓版欧歐美复複古时時尚经經典简簡约約百搭印条條纹紋格蕾边邊领領圆圓立翻开開拉扣无無有可爱愛甜学學院商务務青少老半真"
    "的子一是不了在我他这這个個们們来來到为為和国國地说說要就出会會得也你对對能好多面品质質价價元名称稱类類别別尺码碼图圖型号號店"
    "用赤青靴着物革布帯財首輪時計指眼鏡婦紳士供洋和浴衣下着部屋作業制寝巻綿絹糸無地柄縞模様"
)
_HANGUL = (
    "이가다는을의에로기고하한지리자스어시아사인도나대라서정그해부수여트장원제일상전구소보주유조니마모동성신화드들용인분게안치터크연우비오포실"
    "경방식라피츠셔블팬바켓재킷코가죽벨레깅스커니운슬리퍼샌들부츠힐로퍼모자목걸귀반팔찌시계선글라안색빨강파란노초록검정흰회갈분홍남성여아동"
    "겨울름봄을긴짧은편청면울니치마티청백팩크로스숄더토지갑양말속옷수영복체크줄무늬꽃원피스점퍼후드집업맨투카디건패딩조끼정장한복신발구두운동화"
)

_USUAL_SYMBOLS = frozenset("€£°®™–—‘’“”„«»…•·×½¼¾²³©§´ºª¡¿‚‹› №₪₫¢¥")
_ALONE = frozenset("àéèòóáúíâăåöäøæаивоуякісзжюыоηοωو")
_MADE_BY_LOWER = "\u0307"  # of the Turkish capital İ
_IN_WORD = frozenset("’·´‘")
_RARE_LETTER, _SYMBOL, _RARE_SYMBOL, _UNDEFINED = math.log(3e-4), math.log(0.02), math.log(5e-4), -14.0
_OTHER_LANGUAGE = 0.1

_WORDS = re.compile(rb"[^\x00-\x2f\x3a-\x3f]*[\x80-\xff][^\x00-\x2f\x3a-\x3f]*")
_LONGEST = 60
_MOST_FOUND, _MOST_WEIGHED = 60_000, 2_000


def likeliest(data: bytes) -> str:
    """The encoding, as Python names it, in which the bytes beyond ASCII make the most usual words.

    UTF-8 and UTF-16 are not among them: those are told by their form.
    """
    found = _words(data)
    words = found[:: max(1, math.ceil(len(found) / _MOST_WEIGHED))]
    scores = {name: _page_score(words, name) for name in _CODE_PAGES}
    scores |= {name: _wide_score(words, name) for name in _WIDE}
    best = max(scores, key=lambda name: scores[name])
    # pages share many letters: of those that read the same the most usual one is named
    together = b" ".join(found)
    text = together.decode(best, errors="replace")
    return next((name for name in _CODE_PAGES if together.decode(name, errors="replace") == text), best)


def _words(data: bytes) -> list[bytes]:
    """Distinct words with bytes beyond ASCII, from all over the file."""
    found: dict[bytes, None] = {}
    for match in _WORDS.finditer(data):
        found[match[0][:_LONGEST]] = None
        if len(found) == _MOST_FOUND:
            break
    return list(found)


def _page_score(words: list[bytes], page: str) -> float:
    """Log-likelihood of the words in a code page, in the language of it that fits them best."""
    languages, score = _CODE_PAGES[page]
    totals = {language: score + _LANGUAGES[language].prior for language in languages.split()}
    letters = _letters(page)
    for word in words:
        text = word.decode(page, errors="replace")
        shape = _shape(text)
        lower = text.lower()
        beyond = [character for character in lower if character > "\x7f" and character not in _MADE_BY_LOWER]
        for language, known in letters.items():
            totals[language] += shape + sum(known.get(character, 0.0) or _other(character) for character in beyond)
            totals[language] -= 2.0 * any(letter in lower for letter in _LANGUAGES[language].rare)
    return max(totals.values())


@cache
def _letters(page: str) -> dict[str, dict[str, float]]:
    """For each language of a page the logarithm of how often each letter comes; those of its others come seldom."""
    languages = _CODE_PAGES[page][0].split()
    shares = {language: _shares(_LANGUAGES[language].letters) for language in languages}
    together = {letter for one in shares.values() for letter in one}
    return {
        language: {
            letter: math.log(
                (1 - _OTHER_LANGUAGE) * own.get(letter, 0.0)
                + _OTHER_LANGUAGE * sum(one.get(letter, 0.0) for one in shares.values()) / len(shares)
            )
            for letter in together
        }
        for language, own in shares.items()
    }


def _shares(letters: str) -> dict[str, float]:
    weights = [math.exp(-3 * rank / len(letters)) + 0.05 for rank in range(len(letters))]
    return {letter: 0.9 * weight / sum(weights) for letter, weight in zip(letters, weights, strict=True)}


def _other(character: str) -> float:
    if character == "\ufffd" or "\x80" <= character < "\xa0":
        return _UNDEFINED
    if character in _USUAL_SYMBOLS:
        return _SYMBOL
    return _RARE_LETTER if character.isalpha() else _RARE_SYMBOL


def _shape(text: str) -> float:
    """How little a reading looks like a word: 0 for a plain one, less for each oddity."""
    score = 0.0
    marked = f" {text} "
    for place in range(1, len(marked) - 1):
        character, before, after = marked[place], marked[place - 1], marked[place + 1]
        if before.islower() and character.isupper() and max(before, character) > "\x7f":
            score -= 4.0
        if character <= "\x7f":
            continue
        if not character.isalpha():
            if before.isalpha() and after.isalpha() and character not in _IN_WORD and not _combining(character):
                score -= 4.0
            continue
        if character < "\u0250":  # Latin: accents are few and apart
            score -= 2.0 * (before > "\x7f" and before.isalpha()) + 2.5 * before.isdigit()
        else:
            score -= 4.5 * sum(other.isalpha() and other < "\u0250" for other in (before, after))
        if not before.isalpha() and not after.isalpha():
            score -= (1.0 if character.lower() in _ALONE else 2.5) + 1.5 * character.isupper()
    letters = "".join(filter(str.isalpha, text))
    if len(letters) > 1 and letters.isupper():
        score -= 2.0
    elif letters[:1].isupper():
        score -= 0.5
    return score


def _combining(character: str) -> bool:
    return "\u0300" <= character < "\u0370" or "\u0e30" <= character < "\u0e50"


def _wide_score(words: list[bytes], encoding: str) -> float:
    return -1.0 + sum(
        _wide_character(character, _WIDE[encoding])
        for word in words
        for character in _decoded(word, encoding)
        if character > "\x7f"
    )


def _decoded(word: bytes, encoding: str) -> str:
    try:
        return word.decode(encoding)
    except UnicodeDecodeError:
        if len(word) == _LONGEST:  # it may have been cut inside a letter
            word = word[:-1]
        return word.decode(encoding, errors="replace")


def _wide_character(character: str, language: str) -> float:
    if "\u3040" <= character <= "\u30ff":
        return -4.0 if language == "ja" else -9.0
    if "\uac00" <= character <= "\ud7a3":
        return -5.5 if character in _HANGUL else -7.5 if _is_common(character, "euc-kr") else -13.0
    if "\u4e00" <= character <= "\u9fff":
        if character in _HAN and language != "ko":
            return -5.5
        common = {"zh": "gb2312", "zh-tw": "big5", "ja": "euc-jp", "ko": ""}[language]
        return -8.5 if common and _is_common(character, common) else -13.0
    if character == "\ufffd":
        return _UNDEFINED
    if "\u3000" <= character <= "\u303f" or "\uff01" <= character <= "\uff5e":
        return -6.0
    return -9.0


def _is_common(character: str, encoding: str) -> bool:
    """Whether a sign is in the first part of its national standard, where the usual ones are."""
    try:
        first = character.encode(encoding)[0]
    except UnicodeEncodeError:
        return False
    low, high = {"gb2312": (0xB0, 0xD7), "big5": (0xA4, 0xC6), "euc-jp": (0xB0, 0xCF), "euc-kr": (0xB0, 0xC8)}[encoding]
    return low <= first <= high
