// The zstd format, read.
#ifndef MARCD_CORE_COMPRESSION_ZSTD_H_
#define MARCD_CORE_COMPRESSION_ZSTD_H_

#include <memory>

#include "core/compression/decompressor.h"

namespace marcd {

// See Compression::make.
std::unique_ptr<Decompressor> MakeUnzstd();

}  // namespace marcd

#endif  // MARCD_CORE_COMPRESSION_ZSTD_H_
