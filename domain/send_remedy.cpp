#include "domain/send_remedy.hpp"

namespace neurocards::outbox {

remedy remedy_for(telegram::send_result result, const tried_message& tried) {
  using telegram::send_result;
  if (result == send_result::migrated && !tried.moved)
    return remedy::new_chat;
  if (result == send_result::misplaced && tried.placed)
    return remedy::no_place;
  if (result == send_result::plain && !tried.plain)
    return remedy::plain;
  if (result != send_result::send_link && tried.video && tried.by_id)
    return remedy::upload;
  return tried.video ? remedy::link : remedy::none;
}

} // namespace neurocards::outbox
