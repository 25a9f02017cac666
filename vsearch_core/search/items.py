"""The garments of a photo: who wears what, which of them are searched for, and the look that they make together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from vsearch_core.catalogue.positions import POSITIONS, types_of_garments
from vsearch_core.contracts import Item, Position
from vsearch_core.store import Filters

SAME_COLUMN = 0.5
"""Two garments are one person's if they share this much of the narrower one's width."""

ARM_S_LENGTH = 0.5
"""What is carried may hang beside its person: within this much of the person's width."""

_BODY: tuple[Position, ...] = ("full", "upper", "lower")


@dataclass
class _Person:
    """The columns of the photo that somebody takes up, and what is worn there."""

    left: float
    right: float
    wears: list[Item] = field(default_factory=list)

    def put_on(self, item: Item) -> None:
        self.wears.append(item)
        if item.position in _BODY:
            self.left, self.right = min(self.left, item.box[0]), max(self.right, item.box[2])


def by_person(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items with the number of the person who wears each, counted from 0, from left to right.

    Geometry says who is who. What one wears on the body stands in one column of the photo, so a garment of
    the body belongs to the person with whom it shares most of its width, and otherwise begins another one; two shirts
    in one column, one wholly below the other, are two people's too (or lie apart on a bed). Everything else goes to
    the person in whose column it is, or at whose side it hangs.

    Args:
        items: of one photo, in any order; they come back in the same order.
    """
    people: list[_Person] = []
    of: dict[int, _Person] = {}
    for body in (True, False):
        for place, item in sorted(enumerate(items), key=lambda pair: -pair[1].score):
            if (item.position in _BODY) == body:
                of[place] = _wearer(item, people) if body else _carrier(item, people)
                of[place].put_on(item)
    numbers = {id(person): number for number, person in enumerate(sorted(people, key=lambda one: one.left))}
    return tuple(replace(item, person=numbers[id(of[place])]) for place, item in enumerate(items))


def searched(items: Sequence[Item]) -> list[int]:
    """The places of the items that are searched for: the surest of each position for each person.

    `other` is not a place on the body: there the surest of each label counts.
    """
    best: dict[tuple[int, str, str], int] = {}
    for place, item in enumerate(items):
        key = (item.person, item.position, item.label if item.position == "other" else "")
        if key not in best or item.score > items[best[key]].score:
            best[key] = place
    return sorted(best.values())


def narrowed(filters: Filters | None, label: str, types: Collection[str]) -> Filters | None:
    """Filters that leave only the product types that a garment of this label can be, as far as a shop has them.

    For position `other`, which holds whatever has no place of its own: a belt must not bring perfumes.

    Args:
        types: product types of the shop. Where it has none of the garment's, or other ones were asked for, nothing
            changes.
    """
    given = filters or Filters()
    asked = given.equals.get("product_type", frozenset(types))
    kinds = types_of_garments().get(label, frozenset()) & asked & frozenset(types)
    return Filters({**given.equals, "product_type": kinds}, given.ranges) if kinds else filters


def complete_the_look(items: Sequence[Item]) -> tuple[Item, ...]:
    """One best product for each position of an outfit, from head to foot as `POSITIONS` has them.

    Where several people are in the photo, it is the outfit of the one with the most positions, and among these of the
    largest.

    Args:
        items: with their hits, as `Engine.items` gives them.

    Returns:
        The items of the look, each with its one hit; none of them twice. Fewer than two are no outfit.
    """
    found = [item for item in items if item.hits]
    if not found:
        return ()

    def size(person: int) -> tuple[int, float]:
        worn = [item for item in found if item.person == person]
        return len({item.position for item in worn}), sum(_area(item) for item in worn)

    wearer = max(sorted({item.person for item in found}), key=size)
    worn = [item for item in found if item.person == wearer]
    look: list[Item] = []
    used: set[str] = set()
    for position in POSITIONS:
        places = [item for item in worn if item.position == position]
        if not places:
            continue
        item = max(places, key=lambda one: one.score)
        hit = next((hit for hit in item.hits if hit.id not in used), None)
        if hit is not None:
            used.add(hit.id)
            look.append(replace(item, hits=(hit,)))
    return tuple(look)


def _wearer(item: Item, people: list[_Person]) -> _Person:
    near = [
        person
        for person in people
        if _shared(item, person) >= SAME_COLUMN
        and not any(_apart(item, other) for other in person.wears if other.position == item.position)
    ]
    return max(near, key=lambda person: _shared(item, person)) if near else _new(item, people)


def _carrier(item: Item, people: list[_Person]) -> _Person:
    near = [person for person in people if _gap(item, person) <= ARM_S_LENGTH * (person.right - person.left)]
    if not near:
        return _new(item, people)
    return max(near, key=lambda person: (_shared(item, person), -_gap(item, person)))


def _new(item: Item, people: list[_Person]) -> _Person:
    people.append(_Person(item.box[0], item.box[2]))
    return people[-1]


def _shared(item: Item, person: _Person) -> float:
    """Share of the narrower one's width that both take up, 0..1."""
    both = min(item.box[2], person.right) - max(item.box[0], person.left)
    return max(0.0, both) / max(1e-6, min(item.box[2] - item.box[0], person.right - person.left))


def _gap(item: Item, person: _Person) -> float:
    """Pixels between the two columns; 0 where they touch."""
    return max(0.0, item.box[0] - person.right, person.left - item.box[2])


def _apart(item: Item, other: Item) -> bool:
    """Whether one lies wholly below the other."""
    return item.box[1] >= other.box[3] or other.box[1] >= item.box[3]


def _area(item: Item) -> float:
    return (item.box[2] - item.box[0]) * (item.box[3] - item.box[1])
