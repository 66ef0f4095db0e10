// What could not be decoded of a text.
#ifndef MARCD_CORE_TEXT_TEXT_FAULTS_H_
#define MARCD_CORE_TEXT_TEXT_FAULTS_H_

#include <cstddef>

namespace marcd {

struct TextFaults {
  size_t count = 0;
  // The byte of the text at which the first one stands. Meaningless without one.
  size_t first = 0;

  bool ok() const { return count == 0; }
};

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_TEXT_FAULTS_H_
