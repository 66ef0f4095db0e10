// One look over many fields at once.
//
// Nearly every record is what it should be. That is found out for all fields together with a
// few operations on each sixteen bytes; a record of which this cannot be said is looked at
// field by field, delimiter by delimiter.
#ifndef MARCD_CORE_RECORD_DATA_LOOK_H_
#define MARCD_CORE_RECORD_DATA_LOOK_H_

#include <cstddef>
#include <cstdint>

namespace marcd {

struct DataLook {
  // Whether a byte is 0x80 or above.
  bool high;
  // Whether there is a byte of 0x1B to 0x1D, or a subfield delimiter without a code.
  bool odd;
  size_t field_terminators;
  size_t subfield_delimiters;
};

// Looks at `size` bytes; one more must be readable, for a code that may follow.
DataLook LookOverData(const char* data, size_t size);

}  // namespace marcd

#endif  // MARCD_CORE_RECORD_DATA_LOOK_H_
