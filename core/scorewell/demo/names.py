"""Made-up names of companies, people and objectives."""

from __future__ import annotations

from scorewell.demo.chance import Stream

__all__ = ["INDUSTRIES", "MARKETS", "OBJECTIVES", "SPECIAL_NAMES", "company", "person"]

SPECIAL_NAMES = {
    4: ("Ærø & Søn", "DK"),
    9: ("Müller <Medien>", "DE"),
    13: ("شركة النور", "AE"),
    18: ("Café Lumière ☕", "FR"),
}
"""Names that any output must survive, by the account's number, with the country."""

MARKETS = {"DE": 30.0, "US": 20.0, "GB": 12.0, "FR": 10.0, "NL": 8.0, "SE": 6.0, "DK": 5.0, "ES": 5.0, "CA": 4.0}
"""Countries with their share of the customers."""

INDUSTRIES = {
    "Manufacturing": 20.0,
    "Professional services": 18.0,
    "Logistics": 14.0,
    "Health care": 12.0,
    "Retail": 12.0,
    "Media": 10.0,
    "Education": 7.0,
    "Travel": 7.0,
}

OBJECTIVES = (
    ("Approve supplier contracts within two days", "2 days"),
    ("Move all customer contracts into the workspace", "100 %"),
    ("Bring the finance team on board", "12 users"),
    ("Replace paper signatures", "90 %"),
    ("Automate the monthly close checklist", "8 workflows"),
    ("Cut the time from draft to signature by half", "−50 %"),
    ("Give auditors one place to look", "1 workspace"),
    ("Connect the CRM and the ERP", "2 systems"),
)
"""What a customer and its CSM agree on, with the target."""

_FIRST = (
    "Alderwick", "Brackenfell", "Castorly", "Dunmarrow", "Elmsworth", "Fennick", "Gildersten", "Harrowmere",
    "Ilvermoor", "Juniperly", "Kestrelby", "Larkholm", "Marlowick", "Nettlecombe", "Ostergaard", "Pendlewick",
    "Quernmore", "Rowanhurst",
    "Saltersby", "Thistledown", "Umberleigh", "Vellacott", "Wexcombe", "Yarrowdale", "Zelkova",
    "Ashgrove", "Birchfield", "Cindermoor", "Driftwater", "Eskdale",
)  # fmt: skip
_SECOND = {
    "Manufacturing": ("Works", "Precision", "Tools", "Components"),
    "Professional services": ("Partners", "Advisory", "& Lindqvist", "Counsel"),
    "Logistics": ("Freight", "Logistics", "Shipping", "Haulage"),
    "Health care": ("Clinics", "Care", "Diagnostics", "Health"),
    "Retail": ("Stores", "Outfitters", "Market", "Trading"),
    "Media": ("Press", "Studios", "Media", "Broadcast"),
    "Education": ("College", "Academy", "Learning", "School"),
    "Travel": ("Travel", "Hotels", "Journeys", "Resorts"),
}
_FORM = {
    "DE": "GmbH",
    "US": "Inc.",
    "GB": "Ltd",
    "FR": "SAS",
    "NL": "B.V.",
    "SE": "AB",
    "DK": "ApS",
    "ES": "S.L.",
    "CA": "Inc.",
}
_GIVEN = (
    "Amara", "Bjørn", "Chiara", "Daniel", "Elif", "Felix", "Grace", "Hugo", "Ines", "Jonas", "Katarzyna", "Leo", "Maya",
    "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Samuel", "Tomáš", "Ulla", "Victor", "Wanda", "Yusuf", "Zoë",
)  # fmt: skip
_FAMILY = (
    "Abel", "Brandt", "Costa", "Dahl", "Ekström", "Fischer", "Garnier", "Haas", "Iversen", "Jansen", "Kowalska", "Lund",
    "Moreau", "Nowak", "O’Brien", "Petrov", "Quint", "Rossi", "Sharma", "Thorne", "Urban", "Vogel", "Walsh", "Young",
)  # fmt: skip


def company(industry: str, country: str, chance: Stream) -> str:
    """A company's name, by its trade and country; two companies may be given the same."""
    return f"{chance.pick(_FIRST)} {chance.pick(_SECOND[industry])} {_FORM[country]}"


def person(chance: Stream) -> str:
    """A person's name."""
    return f"{chance.pick(_GIVEN)} {chance.pick(_FAMILY)}"
