#include "actors/watched_actor.hpp"

#include "base/log.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/sec.hpp>

namespace neurocards::detail {

std::string_view kind_of_sender(const caf::mailbox_element& x, const caf::node_id& here) {
  if (!x.sender)
    return "nobody"; // a thread that is no actor, or a timer
  if (x.sender->node() != here)
    return "another node";
  const auto* known = dynamic_cast<const actor_instance*>(x.sender->get());
  return known ? known->kind().name : "other";
}

caf::skippable_result drop_unhandled(actor_kind& kind, const caf::scheduled_actor& self,
                                     const caf::message& x) {
  kind.unhandled.fetch_add(1, std::memory_order_relaxed);
  const caf::mailbox_element shown{nullptr, {}, {}, x};
  if (actor_watch::is_on())
    kind.details.add_unhandled(key_of(shown));
  log::error("actor.message_unhandled", "kind", kind.name, "actor", self.id(), "message",
             text_of(key_of(shown)), "advice", "report this");
  return make_error(caf::sec::unexpected_message);
}

} // namespace neurocards::detail
