// Batch → the bytes of a response message.
#ifndef MARCD_SERVER_WIRE_ENCODE_BATCH_H_
#define MARCD_SERVER_WIRE_ENCODE_BATCH_H_

#include <grpcpp/support/byte_buffer.h>

#include "core/batch/batch.h"

namespace marcd {

// In what form a batch carries its records; the values are those of the API.
enum class View { kMessages = 1, kFrames = 2 };

// The serialised `response` with `batch` in it. `Response` is ReadRecordsResponse
// or ParseRecordsResponse; what it says beside the batch and the position is the
// caller's to set. Frames are not copied: the buffer owns them as a slice of its
// own behind everything else, which is why `data` and `batch` are the last fields
// of their messages. Thread-safe.
template <typename Response>
grpc::ByteBuffer EncodeBatch(Response response, Batch batch, View view);

}  // namespace marcd

#endif  // MARCD_SERVER_WIRE_ENCODE_BATCH_H_
