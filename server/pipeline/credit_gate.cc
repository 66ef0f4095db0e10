#include "server/pipeline/credit_gate.h"

#include <cassert>

namespace marcd {

bool CreditGate::Fits(uint64_t cost) const {
  if (outstanding_ == 0) return true;
  return outstanding_ <= limit_ && cost <= limit_ - outstanding_;
}

bool CreditGate::TryTake(uint64_t cost) {
  if (!Fits(cost)) return false;
  outstanding_ += cost;
  return true;
}

void CreditGate::Return(uint64_t cost) {
  assert(cost <= outstanding_);
  outstanding_ -= cost;
}

}  // namespace marcd
