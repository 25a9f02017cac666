"""The currency that a price is in: its sign or code as shops write it, as one sign for each currency."""

from __future__ import annotations

import re
import unicodedata

_SPELLINGS = {
    "€": "EUR EURO EUROS",
    "$": "USD US$ $US DOLLAR DOLLARS",
    "£": "GBP UK£ £STG",
    "¥": "JPY JP¥ YEN 円",
    "CNY": "RMB CN¥ 元 YUAN 人民币",
    "₹": "INR RS ₨ RUPEES",
    "₫": "VND Đ VNĐ ĐỒNG",
    "₽": "RUB RUR РУБ РУБЛЕЙ Р",
    "₴": "UAH ГРН",
    "₺": "TRY TL",
    "₩": "KRW 원",
    "₪": "ILS NIS",
    "฿": "THB บาท",
    "₱": "PHP",
    "₦": "NGN",
    "₸": "KZT ТГ",
    "₾": "GEL",
    "₡": "CRC",
    "₲": "PYG",
    "₵": "GHS",
    "zł": "PLN ZL ZŁ",
    "Kč": "CZK KČ",
    "Ft": "HUF FT",
    "lei": "RON LEI",
    "лв": "BGN ЛВ",
    "kr": "KR",
    "CHF": "SFR FR FRANKEN",
    "SEK": "",
    "NOK": "",
    "DKK": "",
    "ISK": "",
    "R$": "BRL",
    "CAD": "C$ CA$ CAN$",
    "AUD": "A$ AU$",
    "NZD": "NZ$",
    "HKD": "HK$",
    "SGD": "S$ SG$",
    "TWD": "NT$",
    "MXN": "MX$ MEX$",
    "IDR": "RP",
    "MYR": "RM",
    "ZAR": "R",
    "RSD": "DIN РСД",
    "AED": "DH DHS د.إ",
    "SAR": "SR ر.س",
    "EGP": "E£ LE",
    "KWD": "KD د.ك",
    "BHD": "BD",
    "OMR": "",
    "JOD": "JD",
    "TND": "DT",
    "LYD": "",
    "IQD": "",
    "MAD": "",
    "ARS": "",
    "CLP": "",
    "COP": "",
    "PEN": "S/",
    "PKR": "",
    "LKR": "",
    "BDT": "৳",
    "KES": "KSH",
    "BAM": "KM",
    "MKD": "ДЕН",
    "ALL": "",
    "BYN": "",
    "QAR": "",
}
_SIGN_OF = {
    spelling.casefold(): sign for sign, spellings in _SPELLINGS.items() for spelling in (sign, *spellings.split())
}
_OF_THOUSANDTHS = frozenset(("KWD", "BHD", "OMR", "JOD", "TND", "LYD", "IQD"))
_WHOLE = frozenset(("₫", "¥", "₩", "IDR", "CLP", "₲", "ISK", "Ft", "COP"))
_SYMBOL = "[" + "".join(sign for sign in _SIGN_OF if len(sign) == 1 and unicodedata.category(sign) == "Sc") + "]"
_SPELLED = re.compile(rf"[^\W\d_]*{_SYMBOL}[^\W\d_]*|[^\W\d_]+(?:\.[^\W\d_]+)*/?", re.IGNORECASE)


def sign_of(spelling: str) -> str:
    """The one sign (or code) of a currency for any of its spellings: "EUR" is "€"; "" for what is none.

    >>> sign_of("eur"), sign_of("US$"), sign_of("SEK"), sign_of("pieces")
    ('€', '$', 'SEK', '')
    """
    return _SIGN_OF.get(spelling.strip().strip(".").casefold(), "")


def signs_in(text: str) -> set[str]:
    """The currencies that a price names beside its number.

    >>> signs_in("1.299,00 EUR"), signs_in("from 12 US$"), signs_in("12.50")
    ({'€'}, {'$'}, set())
    """
    found = set()
    for spelled in _SPELLED.findall(text):
        sign = sign_of(spelled) or next((sign_of(one) for one in re.findall(_SYMBOL, spelled)), "")
        if sign:
            found.add(sign)
    return found


def has_thousandths(sign: str) -> bool:
    """Whether prices in this currency have three decimals."""
    return sign in _OF_THOUSANDTHS


def is_whole(sign: str) -> bool:
    """Whether prices in this currency have no decimals in use."""
    return sign in _WHOLE
