// The gzip format, read.
#ifndef MARCD_CORE_COMPRESSION_GZIP_H_
#define MARCD_CORE_COMPRESSION_GZIP_H_

#include <memory>

#include "core/compression/decompressor.h"

namespace marcd {

// See Compression::make.
std::unique_ptr<Decompressor> MakeGunzip();

}  // namespace marcd

#endif  // MARCD_CORE_COMPRESSION_GZIP_H_
