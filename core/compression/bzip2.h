// The bzip2 format, read and written.
#ifndef MARCD_CORE_COMPRESSION_BZIP2_H_
#define MARCD_CORE_COMPRESSION_BZIP2_H_

#include <memory>

#include "core/compression/compressor.h"
#include "core/compression/decompressor.h"

namespace marcd {

// See Compression::make.
std::unique_ptr<Decompressor> MakeBunzip2();

// See Compression::make_compressor.
std::unique_ptr<Compressor> MakeBzip2();

}  // namespace marcd

#endif  // MARCD_CORE_COMPRESSION_BZIP2_H_
