"""Twelve short news stories, all invented, for the conversations to be about.

Helen and Robert Maddox are in one story, Samuel and Lucia Ortega in two.
"""

from knowledge.models import Article

__all__ = ["STORIES"]


def _story(name: str, publisher: str, title: str, text: str) -> Article:
    """An article of the text's paragraphs, each on one line."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    return Article(id=name, publisher=publisher, title=title, text="\n\n".join(paragraphs))


STORIES: tuple[Article, ...] = (
    _story(
        "ferry",
        "Harbour Courier",
        "Tarnby ferry halted after engine fire",
        """
The ferry Solveig was taken out of service on Tuesday after a fire broke out in its engine room off the island of
Tarnby. All 214 passengers were brought ashore by fishing boats, and nobody was seriously hurt.

“We smelled smoke before we heard any alarm,” said Ingrid Halvard, a schoolteacher who was travelling with her class.
She said the crew handed out blankets and sang songs with the children.

Captain Tomas Brekke praised his crew and said the fire was under control within twelve minutes. “I have sailed this
route for thirty years and I have never been prouder,” Brekke said.

The ferry company, Norlin Lines, blamed a worn fuel hose for the fire.

Transport Minister Astrid Vinge demanded a full inspection of the company’s six other vessels. “No ship sails until I
have seen the reports,” Vinge told reporters in Tarnby harbour. She warned that Norlin Lines could lose its licence by
the end of the year.

The Solveig was built in 1988 and was refitted in 2011. Services are expected to resume on Friday with a borrowed ship.
""",
    ),
    _story(
        "libraries",
        "Calder Gazette",
        "Calder council votes to close three libraries",
        """
Calder town council voted on Thursday night to close three of its five libraries, despite protests from hundreds of
residents. The vote was nine to six.

“This is the hardest decision I have taken in public life,” said council leader Desmond Quill. Quill said the closures
would save 640,000 pounds a year because heating the old buildings had become too expensive.

Margaret Oyelaran, a retired librarian who led the protests, called the vote a betrayal of children. “You cannot borrow
a book from a balance sheet,” Oyelaran told the crowd outside the town hall. She promised to take the council to court.

The branches in Eastgate, Millbrook and Harrow Lane will shut on 31 March.

Councillor Peter Nwosu, who voted against the plan, said the council had ignored an offer from volunteers. Nwosu said
the volunteers had raised 90,000 pounds in six weeks. Quill replied that volunteers could not mend a boiler.

The Eastgate branch opened in 1907 and was paid for by a wool merchant.
""",
    ),
    _story(
        "dam",
        "Upland Herald",
        "Crack found in Osk dam",
        """
Engineers found a crack four metres long in the Osk dam on Sunday, and 3,000 people in the valley were told to leave
their homes. The crack was first noticed by a night watchman, Jonas Petrik, who heard water where there should have been
none.

“It sounded like a tap left running,” Petrik said.

Chief engineer Lena Marchetti said the dam was not in danger of collapse. “We are lowering the lake by two metres a
day, and that takes the weight off the wall,” Marchetti said. She added that the repair would take until September.

Governor Samuel Ortega visited the valley on Monday and promised every family 1,500 dollars. “Nobody will pay for this
out of their own pocket,” Ortega said.

Farmers criticised the governor, saying the money would not cover their lost hay.

The dam was completed in 1964 and provides power for the city of Brandel. Ortega said Brandel would have enough
electricity because two gas plants had been restarted.
""",
    ),
    _story(
        "strike",
        "Portside Times",
        "Dockworkers walk out in Velmont",
        """
About 2,800 dockworkers walked out in the port of Velmont on Monday, leaving 41 ships waiting at sea. The union wants a
pay rise of 11 percent over two years.

“Our members kept the shelves full through the worst winter in memory, and they got a pat on the back,” said union
leader Carla Benedetti. Benedetti said the strike would last until the employers came back with a serious offer.

The Velmont Port Authority offered 5 percent, which its director, Hugh Lindqvist, described as generous. “Every day of
this strike costs the city nine million euros,” Lindqvist said. He told the union to think of the bakers and the
builders.

Shop owner Farid Mansour said he had coffee for two weeks and then nothing.

Talks broke down on Saturday because the two sides could not agree on night shifts. A mediator, the former judge Ruth
Abelson, will meet both sides on Wednesday. Abelson said she was hopeful but not naive.
""",
    ),
    _story(
        "crown",
        "Evening Lantern",
        "Thieves take golden crown from Lissen museum",
        """
Thieves broke into the Lissen Museum early on Saturday and stole a golden crown that is more than 900 years old. The
alarm had been switched off for repairs, police said.

Inspector Nadia Ferrante said the thieves came through the roof and were gone in seven minutes. “They knew exactly
which case to open,” Ferrante said.

Museum director Oskar Thiel wept as he spoke to journalists. “It is like losing a member of the family,” Thiel said. He
offered a reward of 50,000 francs for the safe return of the crown.

The crown belonged to Queen Aldis, who ruled Lissen in the eleventh century.

A baker, Mila Sorensen, saw a white van leave the square at about four in the morning. “I thought it was the
fishmonger,” Sorensen told the Evening Lantern.

Ferrante said that two men had been questioned but nobody had been arrested. The museum will stay closed until Tuesday.
""",
    ),
    _story(
        "cough",
        "Marrow Valley News",
        "Schools shut as whooping cough spreads in Dunmarrow",
        """
Four schools in Dunmarrow were closed on Wednesday after 67 children fell ill with whooping cough.

Dr. Priya Raman, head of the county health office, urged parents to have their children vaccinated. “The vaccine is
free, it is safe and it takes five minutes,” Raman said. She said only 61 percent of the town’s children had been
vaccinated. Raman blamed the closing of the town’s clinic in 2019 for the low rate.

Headteacher William Stroud said lessons would be given by video until Monday. “Half of my staff are at home with their
own sick children,” Stroud said. He asked parents not to bring in medicines without a note.

Bus driver Kevin Yates said he had never seen the town so quiet.

County commissioner Diane Pruitt announced that a mobile clinic would arrive on Saturday. The clinic will have room for
200 children a day.
""",
    ),
    _story(
        "election",
        "Capital Observer",
        "Sister runs against brother in Ferrol",
        """
Senator Helen Maddox said on Friday that she would run for governor of Ferrol against her own brother. “I love Robert,
but he has never balanced a budget in his life,” Helen Maddox said.

Robert Maddox, a rancher and former state treasurer, laughed when reporters read him the remark. “My sister would tax
the rain if she could catch it,” Robert Maddox said. He said he would cut the fuel tax by a third in his first month.

Helen Maddox promised to build 12,000 homes because rents in the capital had doubled since 2015.

The outgoing governor, Elizabeth Crane, said she would not endorse either of them. “I have been to their family dinners
and I value my life,” Crane joked.

A poll by Ferrol University put Robert Maddox ahead by three points. The pollster, Arun Desai, warned that one voter in
five was undecided. The election will be held on 4 November.
""",
    ),
    _story(
        "coach",
        "Sporting Wire",
        "Wexley Rovers dismiss coach after ninth defeat",
        """
Wexley Rovers dismissed their coach, Dario Fontana, on Sunday after a ninth straight defeat. The team lost 4-0 at home
to Penrick Town in front of 18,500 spectators.

“I gave this club everything, and I leave with my head high,” Fontana said. He joined the club in 2021 and won the
league in his first season.

Club owner Yusuf Karaman said the decision had cost him a night’s sleep. “Results are a language everybody
understands,” Karaman said.

Team captain Callum Reid apologised to the supporters. Reid said the players, not the coach, should be ashamed.

Assistant Greta Lindholm will take charge of the match against Stour on Saturday. Lindholm said she would change nothing
because there was no time to change anything. She will be the first woman to lead the team.
""",
    ),
    _story(
        "wolves",
        "Hillfolk Journal",
        "Wolves return to the Karsk hills",
        """
A pack of seven wolves has settled in the Karsk hills for the first time in 120 years, the forest service said on
Tuesday. Biologist Emil Novotny found their tracks in the snow in January.

“A forest without wolves is a house without a roof,” Novotny said.

Shepherd Agata Wrona lost 23 sheep in one night. “The professor may keep them in his own garden,” Wrona said. She said
she had slept in the barn with a lantern ever since.

Environment Minister Pavel Dusek said farmers would be paid 200 crowns for each lost sheep. Dusek said he would not
allow hunting because the wolves were protected by law.

Novotny said dogs and electric fences could halve the losses. Wrona called the offer an insult.

Parliament will debate the law in October.
""",
    ),
    _story(
        "moon",
        "Northern Science Weekly",
        "Telescope on Mount Eyra sees a new moon",
        """
Astronomers at the Mount Eyra observatory have discovered a new moon of the planet Neptune, the university announced on
Thursday. The moon is about 14 kilometres wide and needs nine years to circle the planet.

“We found it by accident while testing a new camera,” said Dr. Katherine Boyle, who leads the team. Boyle said the moon
would be named after a sea nymph.

Her colleague Hiroshi Tanabe checked the pictures for eleven months before he believed them. “I wanted it to be a speck
of dust, because dust means less paperwork,” Tanabe said.

The telescope has a mirror of six metres and cost 85 million dollars.

Rival astronomer Ludovic Carrel said the discovery had to be confirmed by a second telescope. “One good night is not a
proof,” Carrel told Northern Science Weekly. Boyle answered that the moon had been seen on 26 nights.

The results will be published in June.
""",
    ),
    _story(
        "flood",
        "River Post",
        "River Alder floods Kestrel Bridge",
        """
The River Alder burst its banks on Wednesday morning and flooded 400 houses in Kestrel Bridge. Two people were missing
on Wednesday night.

Mayor Frank Dunmore said the flood wall had failed because it was built a metre too low in 1998. “We knew, and we did
nothing, and that includes me,” Dunmore said.

Florist Lucia Ortega stood up to her knees in roses. “Water does not care whether you are insured,” Ortega said. She
said her shop had been flooded three times since 2007.

Firefighters rescued an elderly couple and their parrot from a roof. Fire chief Gordon Pell said his crews had worked
for 30 hours without sleep. Pell asked people to stay away from the old bridge.

Dunmore promised that a higher wall would be built by 2027. It will cost 22 million pounds.
""",
    ),
    _story(
        "merger",
        "Ledger Daily",
        "Orrin Foods to buy Pellegrin coffee",
        """
Orrin Foods agreed on Monday to buy the coffee maker Pellegrin for 3.2 billion dollars.

Orrin’s chief executive, Beatrice Lang, called the purchase a marriage of love. “We drink their coffee in every meeting,
so we may as well own it,” Lang said. She said no factory would close before 2028.

Marco Pellegrin, grandson of the founder, said the family had rejected four earlier offers. “My grandfather sold coffee
from a handcart, and he would ask for a better price,” Pellegrin said.

Union official Janet Osgood warned that 700 jobs in Vallona were at risk. Osgood said the promise about the factories
was not worth the paper it was printed on.

Shares of Orrin fell by six percent because investors feared the debt. Analyst Simon Achterberg of Bergholt Bank said
the price was too high.

Regulators are to decide by the end of March.
""",
    ),
)
