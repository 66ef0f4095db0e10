"""Writes byte_pairs.h: how likely the bytes 0xE0 to 0xFF are beside their neighbours.

Usage: python3 core/text/detect/make_byte_pairs.py >core/text/detect/byte_pairs.h
Needs wordfreq 3.1.1 from PyPI: how frequent words are in many languages. Nothing is
read that the detector is measured on. byte_pairs.h is committed; this is only run to
change it.
"""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable

import wordfreq

# Shares of languages other than English about as in the catalogues of research libraries;
# ROMANISED has the share of all languages that are romanised.
SHARES = (
    "fr 15 de 15 es 13 it 6 pt 4 pl 2.5 nl 2 sv 2 da 2 cs 1.5 vi 1.5 hu 1.3 tr 1.3 sh 1.3 ro 1 "
    "fi 1 nb 1 is .5 ca .5 sk .5 sl .5 lt .5 lv .5"
).split()
ROMANISED_SHARE = 20
ROMANISED = """
    kitāb al-ḥadīth ṣaḥīḥ tārīkh ʻarabīyah dīwān fī al-Islāmīyah Qurʼān Muḥammad Ibrāhīm Aḥmad
    Ḥusayn maṭbaʻat Miṣr Ṭarābulus ṭibāʻah dirāsāt ẓāhirah ḍaʻīf Tōkyō kōbunshokan Kyōto Ōsaka
    shōsetsu kenkyūjo sōgō jūtaku kyōiku Śrīmadbhagavadgītā saṃskṛta purāṇa śāstra Viṣṇu Kṛṣṇa
    Rāmāyaṇa Mahābhārata Bhārata hindī Upaniṣad Vārāṇasī Dillī kāvya itihāsa jñāna saṅgīta
    Kalkattā ṭīkā Pāṇini Gaṇeśa Lakṣmī Tamil̲ nāṭu istorii͡a russkoĭ literatury Sovetskiĭ Soi͡uz
    ėkonomika gosudarstvennyĭ izdatelʹstvo Leningradskiĭ T͡Sentralʹnyĭ i͡azyk nat͡sii͡a Rossii͡a
    I͡Urij sot͡sialʹnyĭ Dostoevskiĭ Chaĭkovskiĭ Ukraïnsʹka kratkiĭ statʹi literaturnai͡a
    sochinenii͡a Bibliografii͡a Akademii͡a ḥayim Yiśraʼel toldot ḳibuts Ḳeren ʻIvrit meḥḳar
    Hanʼguk Sŏul taehakkyo yŏnʼguso Chosŏn chŏnjip sosŏl minjujuŭi Pʻyŏngyang kyŏngje
    Zhōngguó lìshǐ wénxué Běijīng Yorùbá Ọláìyá gẹ́gẹ́ bí ọmọ Hawaiʻi ʻōlelo Māori pēpē whānau
""".split()

WORDS = 20_000  # of a language
FREQUENT = 0.7  # the power of a word's frequency: titles repeat little words less than speech

COLUMNS = 28
OTHER, HIGH = 26, 27
VOWEL, CONSONANT, NO_LETTER, HIGH_LETTER = range(4)
BYTES = range(0xE0, 0x100)

MARKS = dict(
    zip(
        "\u0309\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030c\u030a\u0361\ufe21\u0315"
        "\u030b\u0310\u0327\u0328\u0323\u0324\u0325\u0333\u0332\u0326\u031c\u032e\u0360\ufe23",
        range(0xE0, 0xFC),
    )
)
SPACING = dict(zip("ŁØĐÞÆŒʹ·♭®±ƠƯʼ", range(0xA1, 0xAF)))
SPACING |= dict(zip("ʻłøđþæœʺı£ð", range(0xB0, 0xBB))) | {"ơ": 0xBC, "ư": 0xBD, "ß": 0xC7}
HORNED = {"o\u031b": "ơ", "u\u031b": "ư", "O\u031b": "Ơ", "U\u031b": "Ư"}

Counts = defaultdict[tuple[str, int, int], float]


def marc8(word: str) -> bytes | None:
    """The word in MARC-8, or None."""
    text = unicodedata.normalize("NFD", word)
    for parts, whole in HORNED.items():
        text = text.replace(parts, whole)
    out = bytearray()
    tie = False
    marks_from = 0
    for character in text:
        if character in MARKS:
            out.insert(marks_from, MARKS[character])
            tie = character == "\u0361"
        elif character.isascii() or character in SPACING:
            marks_from = len(out)
            if tie:
                out.append(0xEC)
            out.append(SPACING.get(character, ord(character) & 0x7F))
            tie = False
        else:
            return None
    return bytes(out)


def latin1(word: str) -> bytes | None:
    """The word in Latin-1, or None."""
    try:
        return unicodedata.normalize("NFC", word).encode("latin-1")
    except UnicodeEncodeError:
        return None


def is_marc8_letter(byte: int) -> bool:
    return byte >= 0xA1


def is_latin1_letter(byte: int) -> bool:
    return byte >= 0xC0 and byte not in (0xD7, 0xF7)


def column(byte: int, is_letter: Callable[[int], bool]) -> int:
    if byte < 0x80:
        return (byte | 0x20) - 0x61 if chr(byte).isalpha() else OTHER
    return HIGH if is_letter(byte) else OTHER


def kind(byte: int, is_letter: Callable[[int], bool]) -> int:
    if byte < 0x80 and chr(byte).isalpha():
        return VOWEL if chr(byte) in "aeiouyAEIOUY" else CONSONANT
    return NO_LETTER if column(byte, is_letter) == OTHER else HIGH_LETTER


def count(
    words: Iterable[tuple[str, float]],
    share: float,
    encode: Callable[[str], bytes | None],
    is_letter: Callable[[int], bool],
    total: Counts,
) -> None:
    """Adds to `total` what stands beside the bytes of the words, `share` in all."""
    counts: Counts = defaultdict(float)
    all_words = 0.0
    for word, weight in words:
        encoded = encode(word)
        all_words += weight
        if encoded is None:
            continue
        text = b" " + encoded + b"  "
        for at in range(1, len(text) - 2):
            if text[at] in BYTES:
                following = column(text[at + 1], is_letter)
                counts["pair", text[at], following] += weight
                counts["before", text[at], kind(text[at - 1], is_letter)] += weight
                counts["then", following, kind(text[at + 2], is_letter)] += weight
    for key, value in counts.items():
        total[key] += share * value / all_words


def words_of(language: str) -> Iterable[tuple[str, float]]:
    frequencies = wordfreq.get_frequency_dict(language, wordlist="best")
    for word in sorted(frequencies, key=lambda word: (-frequencies[word], word))[:WORDS]:
        weight = frequencies[word] ** FREQUENT
        yield word, 0.8 * weight
        yield word.capitalize(), 0.2 * weight


def cost(probability: float) -> str:
    return chr(ord("0") + min(round(-2 * math.log(probability)), 40))


def pair_rows(counts: Counts) -> list[str]:
    """Of each byte and column, how likely they are together."""
    pairs = {key[1:]: value for key, value in counts.items() if key[0] == "pair"}
    total = sum(pairs.values())
    of_byte = {b: sum(pairs.get((b, c), 0) for c in range(COLUMNS)) / total for b in BYTES}
    of_column = [sum(pairs.get((b, c), 0) for b in BYTES) / total for c in range(COLUMNS)]

    def probability(byte: int, col: int) -> float:
        # What was never seen is as likely as its parts, and they never quite unlikely.
        apart = (of_byte[byte] + 0.002) / 1.064 * (of_column[col] + 0.002) / 1.056
        return 0.95 * pairs.get((byte, col), 0) / total + 0.05 * apart

    return ["".join(cost(probability(b, c)) for c in range(COLUMNS)) for b in BYTES]


def kind_rows(counts: Counts, what: str, rows: Iterable[int]) -> list[str]:
    """Of each row, how likely each kind of neighbour is."""
    kinds = range(4)
    all_of = [sum(v for k, v in counts.items() if k[0] == what and k[2] == i) for i in kinds]
    usual = [(n + 0.004 * sum(all_of)) / (1.016 * sum(all_of)) for n in all_of]
    known = 0.002 * sum(all_of)
    lines = []
    for row in rows:
        seen = [counts[what, row, i] for i in kinds]
        lines.append(
            "".join(cost((seen[i] + known * usual[i]) / (sum(seen) + known)) for i in kinds)
        )
    return lines


def print_rows(name: str, size: int, rows: list[str], per_line: int) -> None:
    print(f"constexpr char k{name}[{len(rows)}][{size + 1}] = {{")
    for at in range(0, len(rows), per_line):
        print("    " + ", ".join(f'"{row}"' for row in rows[at : at + per_line]) + ",")
    print("};")


def main() -> None:
    print(HEADER)
    for name, title, encode, is_letter in (
        ("Marc8", "ANSEL", marc8, is_marc8_letter),
        ("Latin1", "Latin-1", latin1, is_latin1_letter),
    ):
        counts: Counts = defaultdict(float)
        for language, share in zip(SHARES[::2], SHARES[1::2]):
            count(words_of(language), float(share), encode, is_letter, counts)
        if name == "Marc8":
            words = ((word, 1.0) for word in ROMANISED)
            count(words, ROMANISED_SHARE * 0.4, encode, is_letter, counts)
        print(f"// Bytes 0xE0 to 0xFF of {title}, by what follows.")
        print_rows(f"{name}Pairs", COLUMNS, pair_rows(counts), 2)
        print("// By what stands before: a vowel, a consonant, no letter, a byte from 0x80 on.")
        print_rows(f"{name}Before", 4, kind_rows(counts, "before", BYTES), 8)
        print("// By column: what stands behind what follows, likewise.")
        print_rows(f"{name}Then", 4, kind_rows(counts, "then", range(COLUMNS)), 7)
        print()
    print("// clang-format on\n\n}  // namespace marcd\n")
    print("#endif  // MARCD_CORE_TEXT_DETECT_BYTE_PAIRS_H_")


HEADER = """\
// Written by core/text/detect/make_byte_pairs.py: run it to change this.
//
// Costs as in byte_model.h, as characters from '0' on.
#ifndef MARCD_CORE_TEXT_DETECT_BYTE_PAIRS_H_
#define MARCD_CORE_TEXT_DETECT_BYTE_PAIRS_H_

namespace marcd {

// Columns: the letters a to z, whatever their case; what is no letter; a byte from
// 0x80 on that is a letter or a mark of the encoding.
constexpr int kOtherColumn = 26;
constexpr int kHighColumn = 27;

// clang-format off
"""

if __name__ == "__main__":
    main()
