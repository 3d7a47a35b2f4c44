"""Who lives and works in the made-up office: rooms, residents, staff and providers, drawn from lists of names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Any

from deskapp.resources import load_toml

RESIDENTS = 1000
_CHILD, _TENANT, _TAKES_MAIL, _HAS_PHONE = 0.45, 0.22, 0.8, 0.85

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Person:
    """A resident as the desk knows him; `row` is what registering him asks."""

    row: Row

    @property
    def room(self) -> str:
        """Where he lives or works."""
        return str(self.row["room"])

    @property
    def name(self) -> str:
        """His name in full."""
        return str(self.row["name"])


class Cast:
    """The people and places; the same every time for the same `rng`."""

    def __init__(self, rng: Random, residents: int = RESIDENTS) -> None:
        self._rng = rng
        self._names, self.office = load_toml("demo", "names.toml"), load_toml("demo", "office.toml")
        self._surnames = list(self._names["surnames"])
        self._often = list(accumulate(self._names["surnames"].values()))
        self._phones = self._numbers()
        self.rooms = list(self._rooms(residents))
        self.people = list(self._people(residents))
        self.at: dict[str, list[Person]] = {}
        for person in self.people:
            self.at.setdefault(person.room, []).append(person)

    def called(self, person: Person) -> str:
        """What he says who he is: surname and form of address, as people do; a firm or a foreigner in full."""
        title: str | None = self._names["titles"].get(person.row.get("address"))
        surname = next((person.name[:n] for n in (2, 1) if person.name[:n] in self._names["surnames"]), None)
        return surname + title if surname and title else person.name

    # Rooms.

    def _rooms(self, residents: int) -> Iterator[Row]:
        """The office's buildings; for more people than those hold, more of the usual kind."""
        buildings: list[dict[str, Any]] = list(self.office["buildings"])
        doors = sum(b["units"] * b["floors"] * b["doors"] for b in buildings)
        usual = buildings[2]
        while doors < residents * 0.4:
            buildings.append({**usual, "building": str(len(buildings) + 1)})
            doors += usual["units"] * usual["floors"] * usual["doors"]
        firms = iter(self.office["firms"])
        for house in buildings:
            kind = house.get("kind", "home")
            for unit in range(1, house["units"] + 1):
                for floor in range(1, house["floors"] + 1):
                    for door in range(1, house["doors"] + 1):
                        code = f"{house['building']}-{unit}-{floor:02}{door:02}"
                        row: Row = {"code": code, "kind": kind, "building": house["building"], "unit": str(unit)}
                        if kind == "shop" and (firm := next(firms, "")):
                            row["name"] = firm
                        yield {**row, "floor": str(floor)}

    # People.

    def _people(self, residents: int) -> Iterator[Person]:
        """Households, flat by flat; the residents that stories know live where they are said to."""
        known: dict[str, list[Row]] = self.office["residents"]
        sizes = {str(room["code"]): self._staff(room) for room in self.rooms if room["kind"] == "shop"}
        left = residents - sum(map(len, known.values())) - sum(sizes.values())
        homes = [str(room["code"]) for room in self.rooms if room["kind"] == "home" and room["code"] not in known]
        for free, code in zip(range(len(homes), 0, -1), homes, strict=True):
            sizes[code] = left if free == 1 else min(left, self._size(left / free))
            left -= sizes[code]
        for room in self.rooms:
            code = str(room["code"])
            if code in known:
                yield from (self._person(code, **row) for row in known[code])
            elif room["kind"] == "shop":
                yield from self._shop(code, room, sizes[code])
            else:
                yield from self._household(code, sizes[code])

    def _staff(self, room: Row) -> int:
        return 1 + (self._rng.random() < 0.5) if "name" in room else 0

    def _size(self, need: float) -> int:
        """How many live in a flat where so many have to find a place in each."""
        spread = range(6)
        return self._rng.choices(spread, [1 / (0.4 + abs(size - need) ** 2) for size in spread])[0]

    def _shop(self, code: str, room: Row, size: int) -> Iterator[Person]:
        if size:
            yield self._person(code, name=room["name"], address="firm", role="tenant")
        for _ in range(size - 1):
            yield self._person(code, name=self._name(self._surname(), self._sex(), "grown"), role="staff")

    def _household(self, code: str, size: int) -> Iterator[Person]:
        head = "tenant" if self._rng.random() < _TENANT else "owner"
        age = "old" if self._rng.random() < 0.25 else "grown"
        family = self._surname()
        sexes = ["men", "women"]
        self._rng.shuffle(sexes)
        for at in range(size):
            if at < 2:
                surname = family if at == 0 else self._surname()
                yield self._adult(code, surname, sexes[at], age, "family" if at else head)
            elif self._rng.random() < _CHILD:
                name = self._name(family, self._sex(), "young" if age == "grown" else "grown")
                yield self._person(code, name=name, role="family", phone="")
            else:
                yield self._adult(code, self._surname(), self._sex(), "old" if age == "grown" else "grown", "family")

    def _adult(self, code: str, surname: str, sex: str, age: str, role: str) -> Person:
        address = "mr" if sex == "men" else "ms"
        if self._rng.random() < 0.03:
            address = "teacher"
        return self._person(code, name=self._name(surname, sex, age), address=address, role=role)

    def _person(self, room: str, **row: object) -> Person:
        row = {"room": room, "role": "owner", **row}
        if "phone" not in row and self._rng.random() < _HAS_PHONE:
            row["phone"] = next(self._phones, "")
        if row["role"] != "family" and self._rng.random() < _TAKES_MAIL:
            row["mail"] = True
        return Person({key: value for key, value in row.items() if value})

    def _surname(self) -> str:
        return str(self._rng.choices(self._surnames, cum_weights=self._often)[0])

    def _sex(self) -> str:
        return self._rng.choice(("men", "women"))

    def _name(self, surname: str, sex: str, age: str) -> str:
        return f"{surname}{self._rng.choice(self._names[sex][age])}"

    def _numbers(self) -> Iterator[str]:
        """Telephone numbers in no order, none twice."""
        heads: list[str] = self.office["phones"]
        taken = {row.get("phone") for rows in self.office["residents"].values() for row in rows}
        taken |= {row.get("phone") for row in (*self.office["staff"], *self.office["providers"])}
        taken.add(self.office["real_phone"])
        start = self._rng.randrange(10_000)
        for step in range(10_000 * len(heads)):
            # 7,919 is prime to 10,000: in ten thousand steps every ending comes once, then again after another head.
            number = f"{heads[(step + step // 10_000) % len(heads)]}{(start + step * 7919) % 10_000:04}"
            if number not in taken:
                yield number
