"""Words for the generator: ASCII, and text of many scripts, in NFC."""

ASCII = (
    "a account administration American annual archives art biography century children city "
    "collection committee conference data development economic education energy environment "
    "essays federal field forest geology guide health hearing history house industry "
    "international journal land law letters library literature map marine national notes "
    "office papers policy proceedings public reference report research resources review "
    "river school science senate series social states statistics studies survey systems "
    "technical the trade university urban volume water workshop world yearbook"
).split()

OTHER = (
    "Ærø Čapek Dvořák España Étude Françoise Göttingen Håkan Ísland Köln Łódź Málaga "
    "naïve Øresund Příbram São Şehir Škoda über Việt Żeromski "
    "Москва библиотека история народ письма "
    "Αθήνα βιβλίο ιστορία λόγος "
    "ירושלים ספר תולדות "
    "القاهرة تاريخ كتاب "
    "日本 図書館 歴史 中國 研究 서울 도서관 हिन्दी "
    "ﬁn Å 𝄞 😀"
).split()

NAMES = (
    "Adams Baker Černý Dubois Eriksson Fernández García Hansen Ivanov Jönsson Kowalski Lefèvre "
    "Müller Nakamura O'Neill Petrović Quinn Rossi Smith Tolstoĭ Ueda Vogel Williams Yıldız Zając"
).split()
