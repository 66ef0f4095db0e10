#include "core/framing/json_scan.h"

#include <algorithm>
#include <array>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace marcd::json {
namespace {

// A name that tells something is not longer.
constexpr size_t kLongestName = 256;

// One bit a byte of a block.
struct Signs {
  uint64_t quotes = 0;
  uint64_t escapes = 0;  // backslashes
  uint64_t open = 0;     // {
  uint64_t close = 0;    // }
  uint64_t colons = 0;
  uint64_t before = 0;  // behind which a string may begin: { [ , : and blanks
  uint64_t lines = 0;   // line ends
};

#if defined(__SSE2__)
Signs Look(const char* block) {
  Signs signs;
  for (int i = 0; i < 4; ++i) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block) + i);
    const auto is = [&](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
    const auto below = [&](char c) {
      return _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(c)), bytes);
    };
    const auto bits = [&](__m128i mask) {
      return static_cast<uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(mask))) << (16 * i);
    };
    const __m128i open = is('{'), colon = is(':');
    const __m128i before = _mm_or_si128(_mm_or_si128(open, is('[')),
                                        _mm_or_si128(_mm_or_si128(is(','), colon), below(' ')));
    signs.quotes |= bits(is('"'));
    signs.escapes |= bits(is('\\'));
    signs.open |= bits(open);
    signs.close |= bits(is('}'));
    signs.colons |= bits(colon);
    signs.before |= bits(before);
    signs.lines |= bits(_mm_or_si128(is('\n'), is('\r')));
  }
  return signs;
}
#else
Signs Look(const char* block) {
  Signs signs;
  for (int i = 0; i < 64; ++i) {
    const char c = block[i];
    const uint64_t bit = uint64_t{1} << i;
    const bool control = static_cast<uint8_t>(c) < 0x20;
    if (c == '"') signs.quotes |= bit;
    if (c == '\\') signs.escapes |= bit;
    if (c == '{') signs.open |= bit;
    if (c == '}') signs.close |= bit;
    if (c == ':') signs.colons |= bit;
    if (c == '{' || c == '[' || c == ',' || c == ':' || c == ' ' || control) signs.before |= bit;
    if (c == '\n' || c == '\r') signs.lines |= bit;
  }
  return signs;
}
#endif

// The bytes behind a backslash that is not itself behind one. `*carry`: whether the
// block's first byte is, and then the next one's.
uint64_t Escaped(uint64_t escapes, uint64_t* carry) {
  uint64_t escaped = *carry;
  *carry = 0;
  for (escapes &= ~escaped; escapes != 0;) {
    const uint64_t bit = escapes & (~escapes + 1);
    const uint64_t next = bit << 1;
    if (next == 0) *carry = 1;
    escaped |= next;
    escapes &= ~(bit | next);
  }
  return escaped;
}

// Whether a value may stand behind it.
bool MayBegin(char c) { return c == ':' || c == ',' || c == '['; }

// How many more arrays are open behind these bytes, but for those that are a string's.
int64_t ArraysOpened(absl::string_view block, uint64_t strings) {
  int64_t opened = 0;
  for (size_t i = 0; i < block.size(); ++i) {
    if ((strings >> i & 1) == 0) opened += (block[i] == '[') - (block[i] == ']');
  }
  return opened;
}

// Each bit is the parity of those up to it.
uint64_t PrefixXor(uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

// Names with escapes tell nothing.
bool EndsName(char c) { return c == '"' || c == '\\' || c == '\n'; }

// The last byte before `at` that is no blank; 0 if there is none.
char ByteBefore(absl::string_view text, size_t at) {
  while (at > 0 && IsBlank(text[at - 1])) --at;
  return at > 0 ? text[at - 1] : '\0';
}

}  // namespace

size_t BlanksLength(absl::string_view text) {
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), IsBlank) - text.begin());
}

size_t StringEnd(absl::string_view text, size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
    if (at < text.size() && text[at] == '\n') break;
  }
  return text.npos;
}

bool ReadName(absl::string_view text, size_t at, absl::string_view* name, size_t* value,
              bool* broken) {
  const absl::string_view seen = text.substr(0, at + kLongestName);
  const size_t end = StringEnd(seen, at);
  *broken = false;
  if (end == seen.npos) {
    *broken = seen.size() < text.size() || seen.find('\n', at) != seen.npos;
    return false;
  }
  size_t next = end + BlanksLength(text.substr(end));
  if (next == text.size()) return false;
  if (text[next] != ':') {
    *broken = true;
    return false;
  }
  ++next;
  next += BlanksLength(text.substr(next));
  if (next == text.size()) return false;
  *name = text.substr(at + 1, end - at - 2);
  *value = next;
  return true;
}

bool IsRecordName(absl::string_view name) {
  constexpr std::array<absl::string_view, 5> kNames = {"leader", "fields", "parsedRecord",
                                                       "controlfield", "datafield"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool IsWrapperName(absl::string_view name) { return name == "records" || name == "sourceRecords"; }

Begins FirstName(absl::string_view text, size_t at, absl::string_view* name) {
  const size_t quote = at + 1 + BlanksLength(text.substr(at + 1, kMostBlanks));
  if (quote >= text.size()) return Begins::kUnknown;
  if (text[quote] != '"') return Begins::kNo;
  const absl::string_view rest = text.substr(quote + 1, kLongestFirstName + 1);
  size_t length = 0;
  while (length < rest.size() && !EndsName(rest[length])) ++length;
  if (length == rest.size()) {
    return rest.size() > kLongestFirstName ? Begins::kNo : Begins::kUnknown;
  }
  if (rest[length] != '"') return Begins::kNo;
  const size_t end = quote + 1 + length + 1;
  const size_t colon = end + BlanksLength(text.substr(end, kMostBlanks));
  if (colon == text.size()) return Begins::kUnknown;
  *name = rest.substr(0, length);
  return text[colon] == ':' ? Begins::kYes : Begins::kNo;
}

Begins BeginsRecord(absl::string_view text, size_t at, absl::string_view own, bool broken) {
  absl::string_view name;
  const Begins named = FirstName(text, at, &name);
  if (named != Begins::kYes) return named;
  const bool line = at > 0 && text[at - 1] == '\n' && text[at + 1] == '"';
  const bool free = line || ByteBefore(text, at) != ':';
  if (IsRecordName(name)) {
    return free || (broken && name == own) ? Begins::kYes : Begins::kNo;
  }
  // Of tags and codes there are many in a record.
  const bool same =
      !name.empty() && name == own && name.size() != 1 && name.size() != 3 && name != "code";
  return same && (line || (broken && free)) ? Begins::kYes : Begins::kNo;
}

void ObjectScan::Begin(absl::string_view own) {
  *this = ObjectScan();
  own_size_ = own.size() <= kLongestFirstName ? own.size() : 0;
  std::memcpy(own_, own.data(), own_size_);
  own_tells_ = own_size_ == 0 || IsRecordName(own);
}

ObjectScan::Found ObjectScan::Next(absl::string_view text) {
  while (state_.at < text.size()) {
    const State saved = state_;
    const size_t size = std::min(kBlock, text.size() - state_.at);
    const Found found = NextBlock(text, size);
    if (found == Found::kUnknown || (found == Found::kNeedMore && size < kBlock)) {
      state_ = saved;  // to be looked at again
      break;
    }
    if (found != Found::kNeedMore) return found;
  }
  return Found::kNeedMore;
}

// The `size` bytes at state_.at, which are a block or the last ones in view.
ObjectScan::Found ObjectScan::NextBlock(absl::string_view text, size_t size) {
  char copy[kBlock];
  const char* block = text.data() + state_.at;
  if (size < kBlock) {
    std::memset(copy, ' ', sizeof copy);
    std::memcpy(copy, block, size);
    block = copy;
  }
  const Signs signs = Look(block);
  const uint64_t escaped =
      (signs.escapes | state_.escaped) == 0 ? 0 : Escaped(signs.escapes, &state_.escaped);
  const uint64_t quotes = signs.quotes & ~escaped;
  // A string's bytes, its opening quote and not its closing one.
  const uint64_t strings = PrefixXor(quotes) ^ state_.in_string;
  const uint64_t opening = quotes & strings;
  const uint64_t wrong =
      (opening & ~(signs.before << 1 | state_.may_open)) | (signs.lines & strings);
  const uint64_t whole = wrong == 0 ? ~uint64_t{0} : (wrong & (~wrong + 1)) - 1;
  const uint64_t open = signs.open & ~strings & whole, close = signs.close & ~strings & whole;
  const auto closing = static_cast<size_t>(__builtin_popcountll(close));
  const auto opening_braces = static_cast<size_t>(__builtin_popcountll(open));
  // Most begin a field or a subfield, `{"245"`, `{"a"`, or are directly behind a colon.
  const uint64_t marc =
      open & (signs.colons << 1 | (signs.quotes >> 1 & (signs.quotes >> 3 | signs.quotes >> 5)));
  if (open == marc && closing < state_.depth && state_.depth + opening_braces <= kMostDepth) {
    state_.depth += opening_braces - closing;
  } else {
    const Found found = LookAtBraces(text, open, close, marc, strings);
    if (found != Found::kNeedMore) return found;
  }
  if (wrong != 0) {
    state_.at += static_cast<size_t>(__builtin_ctzll(wrong));
    return Found::kBroken;
  }
  state_.in_string = (strings >> 63) != 0 ? ~uint64_t{0} : 0;
  state_.may_open = signs.before >> 63;
  if (!own_tells_) state_.arrays += ArraysOpened({block, size}, strings);
  state_.at += kBlock;
  return Found::kNeedMore;
}

ObjectScan::Found ObjectScan::LookAtBraces(absl::string_view text, uint64_t open, uint64_t close,
                                           uint64_t marc, uint64_t strings) {
  const size_t block = state_.at;
  for (uint64_t braces = open | close; braces != 0; braces &= braces - 1) {
    const size_t brace = block + static_cast<size_t>(__builtin_ctzll(braces));
    if (text[brace] == '}') {
      if (--state_.depth == 0) {
        state_.at = brace + 1;
        return Found::kEnd;
      }
      continue;
    }
    if (++state_.depth > kMostDepth) {
      state_.at = brace;
      return Found::kBroken;
    }
    if (state_.depth == 1 || (marc & (braces & (~braces + 1))) != 0) continue;  // the object's own
    // Where no array is open an object can but be a member's value.
    const bool broken =
        !own_tells_ &&
        state_.arrays + ArraysOpened(text.substr(block, brace - block), strings) <= 0;
    const Begins begins = BeginsRecord(text, brace, own(), broken);
    if (begins == Begins::kNo && !own_tells_ && !MayBegin(ByteBefore(text, brace))) {
      state_.at = brace;
      return Found::kBroken;
    }
    if (begins == Begins::kNo) continue;
    state_.at = brace;
    return begins == Begins::kYes ? Found::kRecord : Found::kUnknown;
  }
  return Found::kNeedMore;
}

}  // namespace marcd::json
