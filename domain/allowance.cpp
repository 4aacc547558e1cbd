#include "domain/allowance.hpp"

namespace neurocards {

allowance::verdict allowance::ask(time_point now) {
  if (most_ <= 0)
    return verdict::granted;
  if (asked_ == 0 || now - began_ >= window_) {
    began_ = now;
    asked_ = 0;
  }
  if (asked_ > most_)
    return verdict::refused;
  return ++asked_ <= most_ ? verdict::granted : verdict::first_refused;
}

bool allowance::matters(time_point now) const {
  return most_ > 0 && asked_ * 2 > most_ && now - began_ < window_;
}

} // namespace neurocards
