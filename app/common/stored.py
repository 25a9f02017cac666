"""What a visit or an address keeps: brought into range before a control is drawn with it, and what was dropped is said.

A store, a journal or a bundle may change between two clicks, and anyone can write an address. A page gives each kept
value to a `Row` before it draws the control, and has the row say below the controls what could not be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

Limits = tuple[float | None, float | None]
"""What is asked of a number: least and most, None where that end is open. An open end follows the shop's range."""

OPEN: Limits = (None, None)

_NOTES, _DEFAULTS = "stored_notes", "stored_defaults"
_MOST_NOTES = 24
_NAMED = 4
_LONGEST = 40


def within(limits: Limits, low: float, high: float) -> Limits | None:
    """The limits as far as a range can show them, or None where nothing of the range is within them.

    >>> within((11, None), 5, 30)
    (11, None)
    >>> within((50, 60), 5, 30) is None
    True
    """
    least, most = limits
    if (least is not None and least > high) or (most is not None and most < low):
        return None
    return limits


def limits_of(picked: tuple[float, float], low: float, high: float) -> Limits:
    """What a slider from `low` to `high` asks for: an end that was left where the range ends is open."""
    least, most = picked
    return (None if least <= low else float(least), None if most >= high else float(most))


def trim(kept: dict[Any, Any], most: int) -> None:
    """Forget the oldest entries beyond `most`: a visit may last for days, and keeps no more for it."""
    while len(kept) > most:
        del kept[next(iter(kept))]


@dataclass(frozen=True)
class _Note:
    """What was dropped of one kept value: said until that value is another one."""

    things: tuple[str, ...]
    value: Any
    was_there: bool


class Row:
    """The kept values of a row of controls.

    Args:
        where: where they are not any more, such as "in the shop".
        of: what they were dropped from, such as "the filters".
    """

    def __init__(self, where: str = "in the shop", of: str = "the filters") -> None:
        self._where, self._of = where, of
        self._keys: list[str] = []

    def several(self, key: str, what: str, options: Collection[Any], named: Callable[[Any], str] = str) -> list[Any]:
        """Bring the choices of a control with the key and parameter `key` among its options; those that are left."""
        if key not in st.session_state:
            # Streamlit reads the address itself, and passes over what is not among the options.
            shown = {named(option): option for option in options}
            given = list(dict.fromkeys(text for text in st.query_params.get_all(key) if text))
            left = [shown[text] for text in given if text in shown]
            self.note(key, [f"{what} {text}" for text in given if text not in shown], left, was_there=False)
            return left
        kept = list(st.session_state[key] or ())
        left = [one for one in kept if one in options]
        if len(left) < len(kept):
            st.session_state[key] = left
        self.note(key, [f"{what} {named(one)}" for one in kept if one not in options], left)
        return left

    def one(self, key: str, what: str, fits: Callable[[Any], bool], default: Any) -> None:
        """Bring the value of a control with the key and parameter `key` back to its default where it does not fit.

        Args:
            fits: is given what the control holds, or the text of the address.
        """
        before = _kept(_DEFAULTS).get(key)
        _put(_DEFAULTS, key, default)
        if key not in st.session_state:
            given = st.query_params.get(key, "")
            self.note(key, [f"{what} {given}"] if given and not fits(given) else [], default, was_there=False)
            return
        kept = st.session_state[key]
        if kept is None or fits(kept):
            self.note(key, [], kept)
            return
        st.session_state[key] = default
        # What was never chosen follows without a word.
        self.note(key, [] if kept == before else [f"{what} {kept}"], default)

    def param(self, name: str, what: str, fits: Callable[[str], bool]) -> str:
        """A parameter of the address that no control has; one that does not fit is empty, and taken out of there."""
        given = st.query_params.get(name, "")
        if not given or fits(given):
            self.note(name, [], given)
            return given
        st.query_params.pop(name, None)
        self.note(name, [f"{what} {given}"], "", was_there=False)
        return ""

    def note(self, key: str, things: Iterable[str], value: Any, *, was_there: bool = True) -> None:
        """Note what was dropped of the kept value `key`, which is `value` now; without `things` nothing was."""
        self._keys.append(key)
        things, known = tuple(things), _kept(_NOTES).get(key)
        if things:
            _put(_NOTES, key, _Note(things, value, was_there))
        elif known is not None and known.value != value:
            del _kept(_NOTES)[key]

    def say(self) -> None:
        """Draw one quiet line of what was dropped; nothing where nothing was."""
        notes = [_kept(_NOTES)[key] for key in dict.fromkeys(self._keys) if key in _kept(_NOTES)]
        if notes:
            text = sentence(
                [thing for note in notes for thing in note.things],
                where=self._where,
                of=self._of,
                was_there=any(note.was_there for note in notes),
            )
            st.html(f'<p class="dropped" role="status">{escape(text)}</p>')


def sentence(things: list[str], *, where: str, of: str, was_there: bool) -> str:
    """What was dropped, in words.

    >>> sentence(["Brand Acme"], where="in the shop", of="the filters", was_there=True)
    'Brand Acme is not in the shop any more and was dropped from the filters.'
    """
    named = [_short(thing) for thing in things[:_NAMED]]
    named = [named[0], *(thing[:1].lower() + thing[1:] for thing in named[1:])]
    if len(things) > _NAMED:
        named.append(f"{len(things) - _NAMED:,} more")
    told = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    be, were = ("is", "was") if len(things) == 1 else ("are", "were")
    return f"{told} {be} not {where}{' any more' if was_there else ''} and {were} dropped from {of}."


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"


def _kept(name: str) -> dict[str, Any]:
    found: dict[str, Any] = st.session_state.setdefault(name, {})
    return found


def _put(name: str, key: str, value: Any) -> None:
    kept = _kept(name)
    kept.pop(key, None)
    kept[key] = value
    trim(kept, _MOST_NOTES)
