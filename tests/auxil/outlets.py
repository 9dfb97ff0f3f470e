"""One flood as four outlets have it, all invented, with everything an answer rests on given by hand.

Their order of ingest is not the order in which they were published.
"""

from knowledge.models import ArticleRecord
from tests.auxil.records import Said, Stated, lines, person

__all__ = ["FLOOD"]

_MAYOR = person("Mara Dunmore", "mayor of Kestrel Bridge", "the mayor")
_CHIEF = person("Gordon Pell", "fire chief", "the fire chief")
_WALL = "“We knew that the wall was too low and we did nothing about it”"
_LABELS = ["CARDINAL GPE DATE", "PERSON", "PERSON", "PERSON"]


def _outlet(
    name: str, publisher: str, published: str, text: str, quotes: list[Said], facts: list[Stated] | None = None
) -> ArticleRecord:
    return lines(
        name,
        text,
        title=f"Flood in Kestrel Bridge ({name})",
        publisher=publisher,
        published=published,
        url=f"https://{name}.example/flood",
        people=[_MAYOR, _CHIEF],
        quotes=quotes,
        facts=facts or [],
        labels=_LABELS,
    )


HERALD = _outlet(
    "herald",
    "Upland Herald",
    "2026-03-04T12:00:00Z",
    f"""\
The river Alder flooded 400 houses in Kestrel Bridge on Wednesday.
{_WALL}, Mara Dunmore said.
Gordon Pell said his crews had worked for thirty hours without sleep.
Mara Dunmore promised a higher wall by 2027.""",
    [
        Said("Mara Dunmore", _WALL, "Mara Dunmore", "said", type="direct"),
        Said("Gordon Pell", "his crews had worked for thirty hours without sleep", "Gordon Pell", "said"),
        Said("Mara Dunmore", "a higher wall by 2027", "Mara Dunmore", "promised", confidence=0.8),
    ],
)
POST = _outlet(
    "post",
    "River Post",
    "2026-03-04T08:00:00+02:00",
    """\
The river Alder flooded 400 houses in Kestrel Bridge on Wednesday.
“We knew that the wall was too low, and we did nothing about it,” Mara Dunmore told the River Post.
Gordon Pell asked people to stay away from the old bridge.""",
    [
        Said("Mara Dunmore", "“We knew that the wall was too low, and we did nothing about it,”", "Mara Dunmore",
             "told", type="direct"),
        Said("Gordon Pell", "people to stay away from the old bridge", "Gordon Pell", "asked"),
    ],
)  # fmt: skip
WIRE = _outlet(
    "wire",
    "Northern Wire",
    "2026-03-04T09:30:00Z",
    """\
The river Alder flooded 460 houses in Kestrel Bridge on Wednesday.
Mara Dunmore admitted that they had known the wall was too low and had done nothing about it.
Gordon Pell said that his crews had worked thirty hours without any sleep.""",
    [
        Said("Mara Dunmore", "they had known the wall was too low and had done nothing about it", "Mara Dunmore",
             "admitted"),
        Said("Gordon Pell", "his crews had worked thirty hours without any sleep", "Gordon Pell", "said"),
    ],
)  # fmt: skip
LANTERN = _outlet(
    "lantern",
    "Evening Lantern",
    "2026-03-05",
    """\
The river Alder flooded 400 houses in Kestrel Bridge on Wednesday, the fire service said.
“We knew that the wall was too low and we did nothing about it”, said Gordon Pell.""",
    [Said("Gordon Pell", _WALL, "Gordon Pell", "said", type="direct")],
)

FLOOD: tuple[ArticleRecord, ...] = (HERALD, POST, WIRE, LANTERN)
