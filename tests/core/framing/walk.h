// Walks a framer over bytes for tests, and checks the account of every walk.
#ifndef MARCD_TESTS_CORE_FRAMING_WALK_H_
#define MARCD_TESTS_CORE_FRAMING_WALK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/framing/framer.h"

namespace marcd {

struct Walking {
  // Bytes a Fill; 0: all at once.
  size_t chunk = 0;
  size_t block_bytes = 256 * 1024;
  uint64_t start_offset = 0;
  bool pymarc = false;
  // The framer, where it is not one of ISO 2709.
  std::function<std::unique_ptr<Framer>(const FramerOptions&)> make_framer;
  FramerOptions options;
};

// A record, or a gap: those that the framer cut in pieces are one here.
struct Stretch {
  uint64_t offset = 0;
  uint64_t length = 0;
  bool is_record = false;
  uint64_t ordinal = 0;
  // What is told of it; empty for an undamaged record.
  std::string reason;
  // Of a gap, as it is told.
  std::string message;
  std::vector<uint32_t> parts;

  bool operator==(const Stretch& other) const;
};

struct Walk {
  std::vector<Stretch> stretches;
  uint64_t next_offset = 0;
  uint64_t next_ordinal = 0;
  // The most bytes that were in view at once.
  size_t most_in_view = 0;
};

Walk WalkOver(const std::string& bytes, const Walking& walking = {});

// Each stretch as `record`, `record LENGTH_SHORT` or `gap UTF16`.
std::vector<std::string> Told(const Walk& walk);
std::vector<std::string> Told(const std::string& bytes, const Walking& walking = {});

// Expects the same walk in reads of any number of bytes, from one on, as of all at once.
void ExpectSameForEveryChunk(const std::string& bytes, Walking walking = {});

// Whether an undamaged record stands there, by itself.
bool Delivers(const Walk& walk, uint64_t offset, uint64_t length);

// `record` with other bytes from `at` on.
std::string With(std::string record, size_t at, const std::string& bytes);

// `record` without its last byte, 0x1D.
std::string Open(std::string record);

}  // namespace marcd

#endif  // MARCD_TESTS_CORE_FRAMING_WALK_H_
