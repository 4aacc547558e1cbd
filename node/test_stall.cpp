#include "node/test_stall.hpp"

#include "actors/run_after.hpp"
#include "actors/watched_actor.hpp"
#include "protocol/fwd.hpp"

#include <algorithm>
#include <cstdlib>
#include <thread>

#include <caf/typed_event_based_actor.hpp>

namespace neurocards {

namespace {

using namespace std::chrono_literals;
using test_stall_actor = caf::typed_actor<caf::result<void>(wake_atom)>;

class test_stall {
public:
  static constexpr const char* name = "test_stall";

  test_stall(test_stall_actor::pointer self, std::chrono::milliseconds length)
    : self_(self), length_(length) {}

  test_stall_actor::behavior_type make_behavior() {
    run_after(self_, 1s, [this] { self_->send(self_, wake_atom_v); });
    return {
      [this](wake_atom) { std::this_thread::sleep_for(length_); },
    };
  }

private:
  test_stall_actor::pointer self_;
  std::chrono::milliseconds length_;
};

} // namespace

caf::actor start_test_stall(caf::actor_system& sys) {
  const auto* text = std::getenv("NEUROCARDS_TEST_STALL"); // NOLINT(concurrency-mt-unsafe)
  const auto length = text ? std::min(std::atol(text), 10'000L) : 0L;
  if (length <= 0)
    return {};
  return caf::actor_cast<caf::actor>(
    sys.spawn<watched_impl<test_stall_actor, test_stall>>(std::chrono::milliseconds{length}));
}

} // namespace neurocards
