// How much of a stream may be on its way at once.
#ifndef MARCD_SERVER_PIPELINE_CREDIT_GATE_H_
#define MARCD_SERVER_PIPELINE_CREDIT_GATE_H_

#include <cstdint>

namespace marcd {

// Credits in bytes. Whoever takes some gives them back; what is larger than
// the limit passes alone, so that nothing waits for ever. Not thread-safe.
class CreditGate {
 public:
  explicit CreditGate(uint64_t limit_bytes) : limit_(limit_bytes) {}

  // Whether TryTake(cost) would succeed.
  bool Fits(uint64_t cost) const;

  // Takes `cost` bytes of credit if nothing is outstanding or they fit in.
  bool TryTake(uint64_t cost);

  // Takes `cost` bytes over the limit if need be: for what turned out larger
  // than was known when its credit was taken.
  void Charge(uint64_t cost) { outstanding_ += cost; }

  // Gives back what was taken; never more.
  void Return(uint64_t cost);

  uint64_t outstanding() const { return outstanding_; }

 private:
  const uint64_t limit_;
  uint64_t outstanding_ = 0;
};

}  // namespace marcd

#endif  // MARCD_SERVER_PIPELINE_CREDIT_GATE_H_
