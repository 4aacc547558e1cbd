#include "domain/notifications.hpp"

#include "domain/callback_data.hpp"
#include "domain/json.hpp"
#include "domain/kie_errors.hpp"
#include "domain/language.hpp"
#include "domain/outbox.hpp"
#include "domain/texts.hpp"
#include "protocol/store/outbox.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace neurocards::notifications {

using flow::action;
using texts::key;
using texts::number;
using texts::say;
using texts::user_text;

namespace {

/// A notification with its payload read.
struct notification {
  const store::notification& row;
  const notification_config& config;
  language lang;
  json::object payload;

  std::string text(key label, std::initializer_list<texts::arg> args = {}) const {
    return say(lang, label, args);
  }
  texts::arg model_name() const {
    return user_text("model", models::display_name(config.models, row.model), 60);
  }
};

std::optional<notification> open(const store::notification& row,
                                 const notification_config& config) {
  auto payload = json::parse_object(row.payload.empty() ? "{}" : row.payload);
  if (!payload)
    return std::nullopt;
  return notification{row, config, language_of(row.language), std::move(*payload)};
}

telegram::keyboard menu_button(const notification& x) {
  return {{{x.text(key::button_menu), flow::data_of(action::menu), {}, false}}};
}

telegram::keyboard once_more_buttons(const notification& x) {
  telegram::keyboard buttons = menu_button(x);
  if (x.row.job)
    buttons.insert(buttons.begin(), {{x.text(key::button_once_more),
                                      flow::data_of(action::once_more, x.row.job->value),
                                      {},
                                      false}});
  return buttons;
}

telegram::outgoing retry_text(const notification& x) {
  const int64_t told = x.payload.number("attempt");
  const int64_t next = told > 0 ? told : x.row.attempts + 1;
  return {
    x.text(key::job_retry, {x.model_name(), number("attempt", next),
                            number("attempts", std::max<int64_t>(next, x.config.max_attempts))}),
    {},
    true};
}

telegram::outgoing failed_text(const notification& x) {
  return {x.text(key::job_failed, {x.model_name()}) + "\n\n"
            + x.text(key::job_failed_hint, {number("credits", x.row.credits)}),
          once_more_buttons(x), true};
}

telegram::outgoing violation_text(const notification& x) {
  const auto advice = [&] {
    switch (kie::violation_of(x.payload.text("raw"))) {
      case kie::violation::unspecific:
        return key::advice_unspecific;
      case kie::violation::people:
        return key::advice_people;
      case kie::violation::third_party:
        return key::advice_third_party;
      case kie::violation::adult:
        return key::advice_adult;
      case kie::violation::violence:
        return key::advice_violence;
      case kie::violation::image:
        return key::advice_image;
      case kie::violation::language:
        return key::advice_language;
    }
    return key::advice_unspecific;
  };
  return {x.text(key::job_violation) + "\n\n" + x.text(advice()), once_more_buttons(x), true};
}

/// A video of a finished job, or of a task that came late.
struct footage {
  key caption;
  storage_key video;
  int64_t bytes = 0;
  std::string file_id;
};

std::optional<footage> footage_of(const notification& x) {
  if (x.row.kind == "job_done")
    return footage{key::caption_job_done, x.row.video, x.row.video_bytes, x.row.video_file_id};
  if (x.row.kind == "gift_video")
    return footage{x.payload.flag("refunded") ? key::caption_gift : key::caption_gift_extra,
                   storage_key{x.payload.text("video")},
                   x.payload.number("bytes"),
                   {}};
  return std::nullopt;
}

bool is_too_large(const footage& x, const notification_config& config) {
  return x.file_id.empty() && x.bytes > config.max_upload_bytes;
}

telegram::outgoing as_link(const notification& x, const footage& video, const std::string& link) {
  const std::string second = link.empty()
                               ? x.text(key::video_without_link)
                               : x.text(key::video_link, {user_text("link", link, 2000)});
  return {x.text(video.caption) + "\n" + second, once_more_buttons(x), true};
}

rendered show(const notification& x, const footage& video, const std::string& link) {
  if (video.video.value.empty() && video.file_id.empty())
    return unsendable{"the notice names no video"};
  if (is_too_large(video, x.config))
    return as_link(x, video, link);
  return video_message{x.text(video.caption), once_more_buttons(x), video.video,
                       video.bytes,           video.file_id,        x.row.kind == "job_done"};
}

rendered render_reply(const notification& x) {
  if (auto message = outbox::parse_outgoing(x.row.payload))
    return std::move(*message);
  return unsendable{"the payload is no message"};
}

rendered render_invoice(const notification& x) {
  if (auto invoice = outbox::parse_invoice(x.row.payload))
    return std::move(*invoice);
  return unsendable{"the payload is no invoice"};
}

rendered render_started(const notification& x) {
  return telegram::outgoing{
    x.text(key::job_started) + "\n" + x.text(key::job_started_hint), {}, true};
}

rendered render_granted(const notification& x) {
  const int64_t amount = x.payload.number("amount");
  if (amount <= 0)
    return unsendable{"nothing was granted"};
  return telegram::outgoing{
    x.text(key::granted, {number("count", amount), number("credits", x.row.credits)}),
    menu_button(x), true};
}

/// One line for every state that some of the order's videos are in.
std::string card_text(const notification& x) {
  std::string text = x.text(key::card_title);
  const auto line = [&](key label, const char* name) {
    if (const int64_t count = x.payload.number(name); count > 0)
      text +=
        "\n" + x.text(label, {number("count", count), number("ahead", x.payload.number("ahead"))});
  };
  line(x.payload.number("ahead") > 0 ? key::card_waiting_behind : key::card_waiting, "waiting");
  line(key::card_writing, "writing");
  line(key::card_making, "making");
  line(key::card_done, "done");
  line(key::card_failed, "failed");
  if (x.payload.number("making") > 0) {
    const int64_t high = x.payload.number("high");
    text += "\n\n"
            + x.text(high > 0 ? key::card_usual : key::card_minutes,
                     {number("minutes", x.payload.number("minutes")),
                      number("low", x.payload.number("low")), number("high", high)});
  }
  return text;
}

rendered render_overtaken(const notification&) {
  return unsendable{"the job ended before this could be sent"};
}

rendered render_card(const notification& x) {
  telegram::outgoing content{card_text(x), {}, true};
  if (const int64_t message = x.payload.number("message_id"); message > 0)
    return edited_message{message, std::move(content)};
  return content;
}

struct kind_row {
  std::string_view kind;
  rendered (*render)(const notification&);
};

constexpr std::array kinds = {
  kind_row{"reply", render_reply},
  kind_row{"invoice", render_invoice},
  kind_row{"job_started", render_started},
  kind_row{"job_retry", [](const notification& x) -> rendered { return retry_text(x); }},
  kind_row{"job_failed", [](const notification& x) -> rendered { return failed_text(x); }},
  kind_row{"job_violation", [](const notification& x) -> rendered { return violation_text(x); }},
  kind_row{"job_waiting",
           [](const notification& x) -> rendered {
             return telegram::outgoing{x.text(key::job_waiting), {}, true};
           }},
  kind_row{"job_delayed",
           [](const notification& x) -> rendered {
             return telegram::outgoing{x.text(key::job_delayed), {}, true};
           }},
  kind_row{"credits_granted", render_granted},
  kind_row{"card", render_card},
  kind_row{"overtaken", render_overtaken},
};

} // namespace

rendered render(const store::notification& row, const notification_config& config,
                const std::string& video_link) {
  const auto x = open(row, config);
  if (!x)
    return unsendable{"the payload is no JSON object"};
  if (const auto video = footage_of(*x))
    return show(*x, *video, video_link);
  for (const kind_row& known : kinds)
    if (known.kind == row.kind)
      return known.render(*x);
  return unsendable{"unknown kind \"" + row.kind + "\""};
}

telegram::outgoing render_as_link(const store::notification& row, const notification_config& config,
                                  const std::string& video_link) {
  const auto x = open(row, config);
  const auto video = x ? footage_of(*x) : std::nullopt;
  return video ? as_link(*x, *video, video_link) : telegram::outgoing{};
}

storage_key video_of(const store::notification& row) {
  const notification_config no_config;
  const auto x = open(row, no_config);
  const auto video = x ? footage_of(*x) : std::nullopt;
  return video ? video->video : storage_key{};
}

bool wants_link(const store::notification& row, const notification_config& config) {
  const auto x = open(row, config);
  const auto video = x ? footage_of(*x) : std::nullopt;
  return video && is_too_large(*video, config);
}

} // namespace neurocards::notifications
