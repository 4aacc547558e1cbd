#pragma once

#include <cstdint>
#include <utility>

namespace neurocards {

/// Whether an actor leads its role, and in which term. Part of every actor that works once in the
/// cluster and hears `gained_atom` and `lost_atom`; whatever began in an earlier term is void.
class leadership {
public:
  bool leading() const { return leading_; }

  /// Each begins a new term.
  void gain() { begin(true); }
  void lose() { begin(false); }

  uint64_t term() const { return term_; }
  bool is(uint64_t term) const { return term == term_; }

  /// Runs `f` unless leadership has changed by then. `Xs`: what `f` takes.
  template <class... Xs, class F>
  auto in_this_term(F f) const {
    return [this, term = term_, f = std::move(f)](const Xs&... xs) {
      if (is(term))
        f(xs...);
    };
  }

private:
  void begin(bool leading) {
    leading_ = leading;
    ++term_;
  }

  bool leading_ = false;
  uint64_t term_ = 0; // counts changes of leadership
};

} // namespace neurocards
