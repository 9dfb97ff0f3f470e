"""Three small invented articles, with everything an answer rests on given by hand."""

from knowledge.models import ArticleRecord
from tests.auxil.records import Said, Stated, lines, person

REYES = person("Ana Reyes", "mayor of Norland", "mayor of Norland")
OSEI = person("Ben Osei", "engineer")
WANG = person(
    "Wang Yi", "Chinese Foreign Minister", "China’s foreign minister", "chinese foreign minister", "Wang", last=False
)
WILLIAM = person("William Carter", "senator")
ROSA = person("Rosa Carter", "doctor")
NETANYAHU = person("Binyamin Netanyahu", "Israeli Prime Minister")

BRIDGE = lines(
    "bridge",
    """\
Ana Reyes, the mayor of Norland, opened the Harbour Bridge on Monday.
“The bridge is safe and it will stay open,” Reyes said.
Reyes warned that heavy trucks could damage the road.
Engineer Ben Osei built the bridge in 2021 because the old ferry sank.
It cost 5 million crowns.
Seven workers were injured in the harbour.
Will the ferry return?
The Ministry of Transport announced new rules for trucks.""",
    title="Norland opens its bridge",
    publisher="Norland Post",
    url="https://post.example/bridge",
    published="2024-05-06",
    people=[REYES, OSEI],
    quotes=[
        Said("Ana Reyes", "“The bridge is safe and it will stay open,”", "Reyes", "said", type="direct"),
        Said("Ana Reyes", "heavy trucks could damage the road", "Reyes", "warned", confidence=0.8),
        Said("The Ministry of Transport", "new rules for trucks", "The Ministry of Transport", "announced"),
    ],
    facts=[
        Stated("Ana Reyes", "opened", "the Harbour Bridge", time="on Monday", place="Norland"),
        Stated("Ben Osei", "built", "the bridge", time="in 2021"),
        Stated("It", "cost", "5 million crowns", number="5 million crowns"),
        Stated("workers", "were injured", place="in the harbour", number="Seven"),
    ],
    phrasings=["who opened the Harbour Bridge", "what did Ana Reyes say", "", "who built the bridge"],
    labels=["PERSON GPE FAC DATE", "PERSON", "PERSON", "PERSON DATE", "MONEY", "CARDINAL", "", "ORG"],
)

TALKS = lines(
    "talks",
    """\
Chinese Foreign Minister Wang Yi met Senator William Carter in Geneva.
Wang said that the council must act against hunger.
Rosa Carter, a doctor, told reporters that the hospital needs medicine.
William Carter promised a vote on taxes.
“Farmers need water,” Wang Yi told Rosa Carter.
Israeli Prime Minister Binyamin Netanyahu did not come.""",
    title="Talks in Geneva",
    publisher="Geneva Times",
    people=[WANG, WILLIAM, ROSA, NETANYAHU],
    quotes=[
        Said("Wang Yi", "the council must act against hunger", "Wang", "said"),
        Said("Rosa Carter", "the hospital needs medicine", "Rosa Carter", "told", addressee="reporters"),
        Said("William Carter", "a vote on taxes", "William Carter", "promised"),
        Said("Wang Yi", "“Farmers need water,”", "Wang Yi", "told", type="direct", addressee="Rosa Carter"),
    ],
    facts=[Stated("Wang Yi", "met", "Senator William Carter", place="in Geneva")],
    labels=["PERSON GPE", "PERSON", "PERSON", "PERSON", "PERSON", "PERSON NORP"],
)

LETTER = lines(
    "letter",
    "Ana Reyes wrote a short letter to Wang Yi.\nIt was about a painting of a lighthouse.",
    title="A letter",
    people=[REYES, WANG],
)

ALL: tuple[ArticleRecord, ...] = (BRIDGE, TALKS, LETTER)
TEXTS = {record.article.id: record.article.text for record in ALL}
