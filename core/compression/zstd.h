// The zstd format, read and written.
#ifndef MARCD_CORE_COMPRESSION_ZSTD_H_
#define MARCD_CORE_COMPRESSION_ZSTD_H_

#include <memory>

#include "core/compression/compressor.h"
#include "core/compression/decompressor.h"

namespace marcd {

// See Compression::make.
std::unique_ptr<Decompressor> MakeUnzstd();

// See Compression::make_compressor.
std::unique_ptr<Compressor> MakeZstd();

}  // namespace marcd

#endif  // MARCD_CORE_COMPRESSION_ZSTD_H_
