// Decodes MARC-8 for tests that are not C++: each line of standard input is a text in
// hexadecimal; each of standard output the number of its faults, where the first one
// is, and the UTF-8 in hexadecimal. Arguments are options: nfc, halves, pymarc. Or, with
// `encode` as an option, encodes UTF-8: then the number is that of its references.
#include <iostream>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "core/text/marc8/encode.h"
#include "core/text/marc8/marc8.h"

int main(int argc, char** argv) {
  marcd::TextOptions options;
  bool encode = false;
  for (int i = 1; i < argc; ++i) {
    const absl::string_view option = argv[i];
    options.nfc |= option == "nfc";
    options.half_marks |= option == "halves";
    options.pymarc |= option == "pymarc";
    encode |= option == "encode";
  }
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    std::string out;
    const std::string text = absl::HexStringToBytes(line);
    if (encode) {
      marcd::Marc8Use use;
      marcd::EncodeMarc8(text, options.half_marks, &out, &use);
      std::cout << use.references << " 0 " << absl::BytesToHexString(out) << '\n';
      continue;
    }
    const marcd::TextFaults faults = marcd::DecodeMarc8(text, options, &out);
    std::cout << faults.count << ' ' << faults.first << ' ' << absl::BytesToHexString(out) << '\n';
  }
}
