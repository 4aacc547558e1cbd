#include "domain/json.hpp"
#include "domain/outbox.hpp"
#include "domain/session.hpp"
#include "tests/fuzz/fuzz.hpp"

// What lies in the database as JSON: sessions, messages of the outbox, small objects. An operator
// may have been there, or an older program.

using namespace neurocards;
using namespace neurocards::test::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  input in{data, size};
  const auto state = in.line();
  const auto text = in.rest();
  const auto got = flow::parse_session(state, text);
  const auto row = flow::to_row(got.value);
  require(flow::parse_state(row.state).has_value(), "a state has its name");
  const auto again = flow::parse_session(row.state, row.data);
  require(again.value == got.value && !again.lost, "a session reads as what was written");

  if (const auto message = outbox::parse_outgoing(text)) {
    const auto once_more = outbox::parse_outgoing(outbox::to_json(*message));
    require(once_more && once_more->text == message->text
              && once_more->buttons.size() == message->buttons.size()
              && once_more->disable_preview == message->disable_preview,
            "a message reads as what was written");
    (void)outbox::reply_markup(message->buttons);
  }
  if (const auto bill = outbox::parse_invoice(text)) {
    const auto once_more = outbox::parse_invoice(outbox::to_json(*bill));
    require(once_more && once_more->payload == bill->payload && once_more->stars == bill->stars,
            "an invoice reads as what was written");
  }
  if (const auto object = json::parse_object(text)) {
    for (const auto* name : {"text", "a", ""}) {
      (void)object->text(name);
      (void)object->number(name);
      (void)object->flag(name);
      (void)object->texts(name);
      (void)object->rows(name);
      (void)object->child(name);
    }
  }
  return 0;
}
