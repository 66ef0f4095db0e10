#include "core/source/utf16_source.h"

#include <algorithm>
#include <utility>

#include "core/base/status.h"

namespace marcd {
namespace {

constexpr char32_t kByteOrderMark = 0xFEFF;

char32_t UnitAt(absl::string_view bytes, size_t at, Utf16Order order) {
  const auto first = static_cast<uint8_t>(bytes[at]);
  const auto second = static_cast<uint8_t>(bytes[at + 1]);
  return order == Utf16Order::kBigEndian ? char32_t{first} << 8 | second
                                         : char32_t{second} << 8 | first;
}

bool IsHigh(char32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool IsLow(char32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

// What a document begins with, behind blanks: markup, an object, an array, a line of mrk.
bool BeginsDocument(absl::string_view bytes, Utf16Order order) {
  for (size_t at = 0; at + 2 <= bytes.size(); at += 2) {
    const char32_t unit = UnitAt(bytes, at, order);
    if (unit == ' ' || unit == '\t' || unit == '\r' || unit == '\n') continue;
    return unit == '<' || unit == '{' || unit == '[' || unit == '=';
  }
  return false;
}

// The bytes of a code point, four at most.
size_t Write(char32_t code, char* to) {
  if (code < 0x80) {
    to[0] = static_cast<char>(code);
    return 1;
  }
  if (code < 0x800) {
    to[0] = static_cast<char>(0xC0 | code >> 6);
    to[1] = static_cast<char>(0x80 | (code & 0x3F));
    return 2;
  }
  if (code < 0x10000) {
    to[0] = static_cast<char>(0xE0 | code >> 12);
    to[1] = static_cast<char>(0x80 | (code >> 6 & 0x3F));
    to[2] = static_cast<char>(0x80 | (code & 0x3F));
    return 3;
  }
  to[0] = static_cast<char>(0xF0 | code >> 18);
  to[1] = static_cast<char>(0x80 | (code >> 12 & 0x3F));
  to[2] = static_cast<char>(0x80 | (code >> 6 & 0x3F));
  to[3] = static_cast<char>(0x80 | (code & 0x3F));
  return 4;
}

}  // namespace

std::optional<Utf16Order> DocumentUtf16(absl::string_view head) {
  if (head.size() < 4) return std::nullopt;
  for (const Utf16Order order : {Utf16Order::kLittleEndian, Utf16Order::kBigEndian}) {
    const bool marked = UnitAt(head, 0, order) == kByteOrderMark;
    if (marked && BeginsDocument(head.substr(2), order)) return order;
    if (UnitAt(head, 0, order) == '<' && UnitAt(head, 2, order) == '?') return order;
  }
  return std::nullopt;
}

Utf16Source::Utf16Source(std::unique_ptr<Source> source, Utf16Order order, std::string path,
                         uint64_t start_offset, const ForwardSourceOptions& options)
    : ForwardSource(std::move(path), start_offset, options),
      source_(std::move(source)),
      order_(order) {}

absl::StatusOr<size_t> Utf16Source::Read(char* to, size_t size) {
  while (true) {
    size_t given = std::min(left_over_.size(), size);
    left_over_.copy(to, given);
    left_over_.erase(0, given);
    given += Convert(source_->window(), source_->at_end(), to + given, size - given);
    if (given > 0 || source_->at_end()) return given;
    MARCD_RETURN_IF_ERROR(source_->Fill());
  }
}

size_t Utf16Source::Convert(absl::string_view bytes, bool last, char* to, size_t size) {
  size_t at = 0;
  size_t given = 0;
  while (bytes.size() - at >= 2 && given < size) {
    char32_t code = UnitAt(bytes, at, order_);
    size_t taken = 2;
    if (IsHigh(code)) {
      if (bytes.size() - at < 4 && !last) break;
      const char32_t low = bytes.size() - at < 4 ? 0 : UnitAt(bytes, at + 2, order_);
      if (IsLow(low)) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        taken = 4;
      }
    }
    char encoded[4];
    const size_t length = begun_ || code != kByteOrderMark ? Write(code, encoded) : 0;
    for (size_t i = 0; i < length; ++i) {
      if (given < size) {
        to[given++] = encoded[i];
      } else {
        left_over_ += encoded[i];
      }
    }
    begun_ = true;
    at += taken;
  }
  if (last && bytes.size() - at == 1 && given < size) to[given++] = bytes[at++];
  source_->Consume(at);
  return given;
}

}  // namespace marcd
