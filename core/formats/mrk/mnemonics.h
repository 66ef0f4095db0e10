// MARCMaker's mnemonics: `{eacute}`, `{acute}e`, `{dollar}`.
//
// What a mnemonic stands for is what the Library of Congress' table for MARCMaker 2.5
// says in MARC-8 (mnemonics.inc), in Unicode's normal form C: `{laquo}` is `"` and
// `{shchcy}` is `shch`, for MARC-8 has no more. A mark stands before its base, as in
// MARC-8, and comes behind it.
#ifndef MARCD_CORE_FORMATS_MRK_MNEMONICS_H_
#define MARCD_CORE_FORMATS_MRK_MNEMONICS_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace marcd::mrk {

struct Mnemonic {
  std::string name;
  std::string marc8;
  std::string text;     // in UTF-8
  std::string half;     // of a half of a double-width mark, that; else empty
  bool mark = false;    // of the base behind it
  unsigned begins = 0;  // bits of the double-width marks of which it is the first half,
  unsigned ends = 0;    // and the second
};

// The one with this name, or null. Thread-safe, as the other.
const Mnemonic* FindMnemonic(absl::string_view name);

// The one to write for `character`, one in UTF-8 beyond ASCII, or null.
const Mnemonic* MnemonicOf(absl::string_view character);

// A mnemonic at the front of `text`, which begins with `{`, and how long it is there;
// null if it is none. `looks_like_one`: it has the form of one that is not known.
const Mnemonic* ParseMnemonic(absl::string_view text, size_t* length, bool* looks_like_one);

struct ReadOptions {
  bool references = false;  // `&#x1234;` are characters
  bool half_marks = false;  // double-width marks in halves
};

// What is odd in a text that was read.
struct Oddities {
  std::string unknown;  // the first of the mnemonics that are not known
  bool bare_marks = false;
};

// Appends `text`, valid UTF-8, with its mnemonics read.
void ReadMnemonics(absl::string_view text, const ReadOptions& options, std::string* out,
                   Oddities* oddities);

// Appends `text`, MARC-8, with its mnemonics as MARC-8; and whether escape sequences are
// among them.
bool HasMarc8Escape(absl::string_view text);
void MnemonicsToMarc8(absl::string_view text, std::string* out, Oddities* oddities);

// Appends `text`, valid UTF-8, in which blanks are written as `blank`: in UTF-8, with
// mnemonics for what means something else.
void WriteUtf8(absl::string_view text, char blank, std::string* out);

// The same in ASCII, with mnemonics or references for everything else; how many are
// references.
size_t WriteAscii(absl::string_view text, char blank, std::string* out);

}  // namespace marcd::mrk

#endif  // MARCD_CORE_FORMATS_MRK_MNEMONICS_H_
