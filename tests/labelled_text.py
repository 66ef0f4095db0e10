"""Records' text whose encoding is known: what the detector is measured on.

Real records of the corpus, and seeded ones in words of many languages, each in every
encoding that has its characters. A text is a record's payloads end to end.
"""

from __future__ import annotations

import gzip
import lzma
import random
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

from tests.text_tools import CORPUS

LANGUAGES = {
    "French": "été élève théâtre français où naïve à la forêt œuvre hôtel bibliothèque être "
    "garçon Noël mère goût pêche île leçon déjà études générales société médiévale crème "
    "l’histoire éditions frères château siècle littérature thèse côte dû préface reçu",
    "German": "über Bücher größe für Universität Straße schön König Müller Österreich Geschichte "
    "Übersetzung Einführung Länder Größe Köln Zürich Jahrbücher Auflage Äußerung können Häuser "
    "Völker Märchen „Grundzüge“ gemäß Führer Erläuterungen früher Gebäude Öl",
    "Spanish": "año niño España corazón historia según educación también más público señor "
    "pequeño día árbol Índice introducción política económica ¿Qué es? ¡Viva! mañana lingüística "
    "colección información nación Álvarez Ñandú canción última sí está México río través",
    "Portuguese": "São não educação informação nações João coração português à história você "
    "edição irmão ções três avó família ação país língua administração câmara último questões "
    "mãe põe então Brasília alemã república órgão",
    "Italian": "città perché più è università virtù però libertà società là così già qualità "
    "attività metà storia della letteratura né già lunedì",
    "Nordic": "på för är och kött sjö båt över århundrede søndag æble grøn København blå "
    "Ærø færdig når første gård smörgås Malmö år både øre även språk små då nämnd Åbo Øystein "
    "þjóð saga íslenska æði það sögur",
    "Dutch, Finnish, Estonian": "België financiële één coördinatie vóór kieli Jyväskylä näkyvä "
    "työ äidin pöytä yö hyvää päivää Suomen elämä õpik ülikool mõte jõgi öö täht",
    "Czech": "český Dvořák příběh žena město kůň řeka Škoda děti učitel Čapek léta dílo život "
    "společnost věda dějiny Praha město výbor knížka území",
    "Polish": "książka Łódź życie miłość Kraków święto źródło ćwiczenie język polski naród łąka "
    "dzień śmierć wieś historia sztuki Wałęsa pięć są ząb",
    "Hungarian, Turkish": "magyar könyvtár történet őszi fű nyelv élet király Bartók műhely "
    "Türkçe İstanbul yıl şehir çocuk güneş ağaç dünya Atatürk kültür tarihi öğretmen",
    "Vietnamese": "Việt Nam tiếng người được nước những đường lịch sử văn học Hà Nội quốc gia "
    "trường phố cổ đại Huế thơ truyện ngắn",
    "Romanised": "Tolstoĭ zhiznʹ pisʹma voĭna istoricheskiĭ ėpokha t͡serkovʹ revoli͡ut͡sii͡a "
    "khudozhestvennoe vospominanii͡a al-Qāhirah al-Lughah Bayrūt muʼassasat ṣūfī qaḍāyā dīnīyah "
    "kokugo Heianchō bungaku zenshū Hokkaidō hōritsu ōchō Upaniṣat granthāvalī darśana "
    "ṭippaṇī ʻOlam ḥevrah Ḥanukah Kyŏnggi-do Chŏlla munhwa yŏksa Māhārāṣṭra",
    "Russian": "история русской_литературы Москва библиотека и_наука в_Москве Издательство СССР "
    "письма рассказы Пушкин на_службе для_вузов государственный университет язык с_рисунками "
    "о_жизни Ёлка съезд объект «Наука» учебник математика Санкт-Петербург под_редакцией № том",
}
ENGLISH = (
    "history of the library and a study in law annual report press university edition New York "
    "includes bibliographical references index c1998 1999. 24 cm. United States v. : ; / pages"
).split()


@dataclass(frozen=True)
class Labelled:
    """A text, where it is from, and what it is in: `ascii`, `UTF-8`, `MARC-8`, ..."""

    source: str
    label: str
    text: bytes

    @property
    def high(self) -> int:
        return sum(byte >= 0x80 for byte in self.text)


def read_payloads(name: str) -> Iterator[tuple[str, bytes]]:
    """Leader/09 and the payloads of each record of a corpus file whose lengths are right."""
    path = CORPUS / name
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    elif path.suffix == ".xz":
        data = lzma.decompress(data)
    at = 0
    while data[at : at + 5].isdigit() and int(data[at : at + 5]) > 24:
        record = data[at : at + int(data[at : at + 5])]
        at += len(record)
        if record[12:17].isdigit():
            yield chr(record[9]), record[int(record[12:17]) : -1]


class Marc8:
    """MARC-8 by the Library of Congress' code tables; East Asian characters left out."""

    def __init__(self) -> None:
        self._marks: dict[str, int] = {}
        self._codes: dict[str, tuple[str, int]] = {}  # character → set's final, G0 or G1 code
        with lzma.open(CORPUS / "marc8" / "codetables.xml.xz") as file:
            tables = ET.parse(file)
        for table in tables.iter("characterSet"):
            final = chr(int(table.attrib["ISOcode"], 16))
            if final in "BE34NQS2":
                self._add(final, table)

    def _add(self, final: str, table: ET.Element) -> None:
        for code in table.iter("code"):
            marc, ucs = code.findtext("marc"), code.findtext("ucs")
            if not marc or not ucs:
                continue
            character, number = chr(int(ucs, 16)), int(marc, 16)
            if final == "E" and code.find("isCombining") is not None:
                self._marks[character] = number
            elif final in "BE" or character not in self._codes:
                self._codes[character] = final, number

    def encode(self, text: str) -> bytes | None:
        """The text in MARC-8; None where it lacks a character."""
        out = bytearray()
        final = "B"
        tie = 0
        for base, marks in _clusters(text):
            if any(mark not in self._marks for mark in marks) or base not in self._codes:
                return None
            wanted, code = self._codes[base]
            if wanted == "E":
                wanted = final
            elif ord(base) <= 0x20 and base != " ":
                wanted = "B"  # A delimiter ends what a designation holds for.
            if wanted != final:
                out += b"\x1b(" + wanted.encode()
                final = wanted
            if tie:
                out.append(tie)
            tie = {"\u0361": 0xEC, "\u0360": 0xFB}.get(marks[-1:] and marks[-1], 0)
            out += bytes(self._marks[mark] for mark in marks)
            out.append(code)
        return bytes(out)

    def decode(self, text: bytes) -> str | None:
        """The text of MARC-8 without escapes; None where it has some, or damage."""
        marks = {code: mark for mark, code in self._marks.items()}
        marks.update({0xEB: "\u0361", 0xEC: "", 0xFA: "\u0360", 0xFB: ""})
        codes = {code: base for base, (final, code) in self._codes.items() if final in "BE"}
        out, held = [], ""
        for byte in text:
            if byte in marks:
                held += marks[byte]
            elif byte in codes and byte != 0x1B and not (held and byte < 0x20):
                out.append(codes[byte] + held)
                held = ""
            else:
                return None
        return unicodedata.normalize("NFC", "".join(out))


def _clusters(text: str) -> Iterator[tuple[str, str]]:
    """Each base with the marks behind it, decomposed but for ơ and ư."""
    text = unicodedata.normalize("NFD", text)
    for whole, parts in ("ơ", "o\u031b"), ("ư", "u\u031b"), ("Ơ", "O\u031b"), ("Ư", "U\u031b"):
        text = text.replace(parts, whole)
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        yield text[at], text[at + 1 : end]
        at = end


def typographic(text: str) -> str:
    """The text as a word processor has it: what makes CP1252 of Latin-1."""
    return text.replace("'", "’").replace(" -- ", " – ").replace("...", "…")


def in_all_encodings(source: str, text: str, marc8: Marc8) -> Iterator[Labelled]:
    """The text in each encoding that has its characters, where it is not ASCII."""
    if "\x1b" in text or "\ufffd" in text:
        yield Labelled(source, "UTF-8", text.encode())  # Damaged: it is as it is.
        return
    whole = unicodedata.normalize("NFC", text)
    forms = {
        "UTF-8": text.encode(),
        "MARC-8": marc8.encode(text),
        "iso8859-1": _encoded(whole, "iso8859-1"),
        "cp1252": _encoded(typographic(whole), "cp1252"),
    }
    if any("а" <= character <= "я" for character in whole):
        forms["cp1251"] = _encoded(whole, "cp1251")
    for label, form in forms.items():
        if form and not (form.isascii() and b"\x1b" not in form):
            is_1252 = label == "cp1252" and not any(0x80 <= byte < 0xA0 for byte in form)
            if not is_1252:
                yield Labelled(source, label, form)


def _encoded(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return None


def generated_text(rng: random.Random, language: str) -> str:
    """A record's text: some fields in English words, some with words of the language."""
    words = LANGUAGES[language].split()
    foreign = rng.choice([1, 1, 2, 3, 5, 12, 30])
    fields: list[str] = []
    while foreign > 0 or len(fields) < 3:
        n = min(foreign, rng.randint(0, 8))
        foreign -= n
        phrase = rng.sample(ENGLISH, rng.randint(1, 5))
        chosen = [rng.choice(words).replace("_", " ") for _ in range(n)]
        if chosen and rng.random() < 0.5:
            chosen[0] = chosen[0][0].upper() + chosen[0][1:]
        if rng.random() < 0.05:
            chosen = [word.upper() for word in chosen]
        fields.append(f"1 \x1fa{' '.join(chosen + phrase if n % 2 else phrase + chosen)}\x1e")
    return "0001\x1e" + "".join(fields)


UTF8_FILES = (
    "gpo/bench.mrc.xz",
    "gpo/LegalPub-Coll_Online_Resources_20231226.mrc.gz",
    "oapen/OAPEN.mrc",
    "pymarc/regression45.dat",
    "pymarc/utf8_with_leader_flag.dat",
    "solrmarc/fields_700_4_samp.mrc",
    "solrmarc/record_100696348.mrc",
    "solrmarc/u392.mrc",
    "solrmarc/u988749.mrc",
    "mrrc/realistic.mrc",
)
MARC8_FILES = ("solrmarc/uva_001_2000.mrc", "solrmarc/specTestRecs.mrc")
PAIRS = ("lclawlib_records_1672", "miscellaneous_publications", "nist_special_publication")


def labelled_texts(seed: int, generated: int) -> Iterator[Labelled]:
    """All of it; `generated` texts for each language."""
    marc8 = Marc8()
    for name in PAIRS:
        for side, label in ("marc8", "MARC-8"), ("utf8", "UTF-8"):
            for _, text in read_payloads(f"gpo/{name}_{side}.mrc.gz"):
                plain = text.isascii() and b"\x1b" not in text
                yield Labelled("GPO pairs", "ascii" if plain else label, text)
                if side == "utf8" and not plain:
                    for made in in_all_encodings("GPO pairs", text.decode(), marc8):
                        if made.label not in ("UTF-8", "MARC-8"):
                            yield made
    for name in UTF8_FILES:
        source = (
            name.partition("/")[2].partition(".")[0] if "/bench" in name else name.split("/")[0]
        )
        for _, text in read_payloads(name):
            if text.isascii():
                if "bench" not in name or len(text) % 20 == 0:
                    yield Labelled(source, "ascii", text)
            else:
                yield from in_all_encodings(source, text.decode(), marc8)
    for name in MARC8_FILES:
        for claim, text in read_payloads(name):
            if text.isascii() and b"\x1b" not in text:
                yield Labelled("uva, spec", "ascii", text)
            elif claim == " ":
                yield Labelled("uva, spec", "MARC-8", text)
                decoded = marc8.decode(text)
                for made in in_all_encodings("uva, spec", decoded or "", marc8):
                    if made.label != "MARC-8":
                        yield made
    for _, text in read_payloads("pymarc/1251.dat"):
        yield from in_all_encodings("1251", text.decode("cp1251"), marc8)
    rng = random.Random(seed)
    for language in LANGUAGES:
        for _ in range(generated):
            yield from in_all_encodings(language, generated_text(rng, language), marc8)
