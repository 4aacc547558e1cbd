#include "clients/telegram.hpp"
#include "tests/fuzz/fuzz.hpp"

// One update of Telegram, as a webhook brings it, and what the conversation makes of it.

#include "domain/flow.hpp"
#include "domain/session.hpp"
#include "tests/unit/domain/telegram_html.hpp"

#include "domain/outbox.hpp"

using namespace neurocards;
using namespace neurocards::test::fuzz;

namespace {

void check_words(const telegram::incoming& x) {
  require(storable(x.who.username) && storable(x.who.first_name) && storable(x.who.language_code),
          "names can be stored");
  if (const auto* m = std::get_if<telegram::message>(&x.content))
    require(storable(m->text) && storable(m->media_group)
              && (!m->file || (storable(m->file->file_id) && storable(m->file->name))),
            "messages can be stored");
  if (const auto* q = std::get_if<telegram::callback_query>(&x.content))
    require(storable(q->id) && storable(q->data), "presses can be stored");
}

/// Whatever he sends, in whatever he is in the middle of: the answers are such that Telegram takes
/// them.
void talk(const telegram::incoming& x) {
  flow::flow_config config;
  config.bot_username = "neurocards_bot";
  config.terms = {"1", "https://example.org/offer", "https://example.org/privacy", "@helper"};
  config.credits.packs = {{5, 250}};
  flow::session open;
  open.order = flow::draft{};
  open.order->photo = storage_key{"photos/1.jpg"};
  for (const auto& state : {std::string{}, std::string{"awaiting_description"}}) {
    store::conversation_view view;
    view.terms_version = "1";
    view.credits = 3;
    view.state = state;
    if (!state.empty())
      view.data = flow::to_row(open).data;
    std::optional<flow::photo_result> photo;
    if (flow::wanted_photo(view, x, config))
      photo = flow::photo_stored{storage_key{"photos/2.jpg"}, 100, 100, 1000, "image/jpeg"};
    const auto step = flow::step_conversation(view, x, photo, config, uuid::random());
    for (const auto& notification : step.commit.notifications) {
      require(storable(notification.payload), "answers can be stored");
      if (const auto message = outbox::parse_outgoing(notification.payload);
          message && notification.kind == notification_kind::reply)
        require(test::parse_html(message->text).fault.empty(), "Telegram takes the answer");
    }
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto got = telegram::parse_update(text);
  if (!got)
    return 0;
  require(!got->kind.empty() && storable(got->kind), "an update has a kind");
  require(storable(got->raw), "an update can be stored");
  const auto again = telegram::parse_update(got->raw);
  require(again.has_value(), "what was stored reads");
  // (A NUL is stored as the escape of U+FFFD, and reads as the character.)
  require(telegram::parse_update(again->raw).value().raw == again->raw, "and always the same");
  require(again->kind == got->kind && again->parsed.content.index() == got->parsed.content.index()
            && again->parsed.update == got->parsed.update && again->parsed.chat == got->parsed.chat,
          "what was stored means what came");
  check_words(got->parsed);
  talk(got->parsed);
  return 0;
}
