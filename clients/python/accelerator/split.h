// A payload taken apart into its subfields in one look, where it is not a long one.

#ifndef MARCD_CLIENTS_PYTHON_ACCELERATOR_SPLIT_H_
#define MARCD_CLIENTS_PYTHON_ACCELERATOR_SPLIT_H_

#include <stddef.h>
#include <stdint.h>

#include "frame.h"

enum { kMostSubfields = 48, kMostSplitBytes = 512 };

typedef struct {
  int count;
  int ascii;  // whether all of the payload is
  SubfieldView subfields[kMostSubfields];
} Split;

// Whether the payload of a data field, in a frame that OpenFrame has accepted, was split. It is
// not if it is longer, has more subfields, or has one without a code: NextSubfield tells then.
int SplitPayload(const uint8_t* payload, size_t size, Split* split);

#endif  // MARCD_CLIENTS_PYTHON_ACCELERATOR_SPLIT_H_
