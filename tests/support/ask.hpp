#pragma once

#include "tests/support/actor_fixture.hpp"

#include <caf/event_based_actor.hpp>

#include <memory>
#include <optional>

namespace neurocards::test {

/// What has come of a question so far: at most one of the two.
template <class T>
struct reply {
  std::optional<T> value;
  std::optional<caf::error> error;

  bool any() const { return value || error; }
};

/// Sends a question from an actor of its own; the answer arrives while the fixture settles. `T`:
/// what is answered, `caf::unit_t` for nothing.
template <class T, class Handle, class... Xs>
std::shared_ptr<reply<T>> ask(actor_fixture& fixture, const Handle& to, Xs... message) {
  auto result = std::make_shared<reply<T>>();
  fixture.own(fixture.sys.spawn([=](caf::event_based_actor* self) -> caf::behavior {
    auto failed = [result](const caf::error& reason) { result->error = reason; };
    auto pending = self->request(to, caf::infinite, message...);
    if constexpr (std::is_same_v<T, caf::unit_t>)
      std::move(pending).then([result] { result->value = caf::unit; }, failed);
    else
      std::move(pending).then([result](const T& x) { result->value = x; }, failed);
    return {[](int) {}};
  }));
  return result;
}

} // namespace neurocards::test
