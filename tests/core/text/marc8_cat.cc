// Decodes MARC-8 for tests that are not C++: each line of standard input is a text in
// hexadecimal; each of standard output the number of its faults, where the first one
// is, and the UTF-8 in hexadecimal. Arguments are options: nfc, halves, pymarc.
#include <iostream>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "core/text/marc8/marc8.h"

int main(int argc, char** argv) {
  marcd::TextOptions options;
  for (int i = 1; i < argc; ++i) {
    const absl::string_view option = argv[i];
    options.nfc |= option == "nfc";
    options.half_marks |= option == "halves";
    options.pymarc |= option == "pymarc";
  }
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    std::string out;
    const marcd::TextFaults faults =
        marcd::DecodeMarc8(absl::HexStringToBytes(line), options, &out);
    std::cout << faults.count << ' ' << faults.first << ' ' << absl::BytesToHexString(out) << '\n';
  }
}
