// The xz format, read.
#ifndef MARCD_CORE_COMPRESSION_XZ_H_
#define MARCD_CORE_COMPRESSION_XZ_H_

#include <memory>

#include "core/compression/decompressor.h"

namespace marcd {

// See Compression::make.
std::unique_ptr<Decompressor> MakeUnxz();

}  // namespace marcd

#endif  // MARCD_CORE_COMPRESSION_XZ_H_
