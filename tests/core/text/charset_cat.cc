// Decodes for tests that are not C++: each line of standard input is the name of a
// charset; each of standard output its own name, and the UTF-8 of the bytes 0x00 to
// 0xFF in hexadecimal. It is empty where there is no such charset.
#include <iostream>
#include <string>

#include "absl/strings/escaping.h"
#include "core/text/charset.h"

int main() {
  std::string bytes;
  for (int byte = 0; byte < 0x100; ++byte) bytes += static_cast<char>(byte);
  for (std::string name; std::getline(std::cin, name);) {
    const marcd::Charset* const charset = marcd::Charset::Find(name);
    if (charset != nullptr) {
      std::string out;
      charset->Decode(bytes, &out);
      std::cout << charset->name() << ' ' << absl::BytesToHexString(out);
    }
    std::cout << '\n';
  }
}
