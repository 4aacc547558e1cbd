#include "domain/notifications.hpp"

#include "domain/alerts.hpp"
#include "domain/callback_data.hpp"
#include "domain/language.hpp"
#include "domain/outbox.hpp"
#include "domain/provider.hpp"
#include "domain/provider_words.hpp"
#include "domain/texts.hpp"

#include <algorithm>

namespace neurocards::notifications {

using flow::action;
using texts::key;
using texts::number;
using texts::say;
using texts::user_text;

namespace {

/// A notification whose payload can be read, and what its words depend on.
struct reading {
  const store::notification& row;
  const notification_config& config;
  language lang;
  const json::object& payload;

  std::string text(key label, std::initializer_list<texts::arg> args = {}) const {
    return say(lang, label, args);
  }
  texts::arg model_name() const {
    return user_text("model", models::display_name(config.models, row.model), 60);
  }
};

std::optional<reading> open(const notification& x, const notification_config& config) {
  if (!x.payload)
    return std::nullopt;
  return reading{x.row, config, language_of(x.row.language), *x.payload};
}

telegram::keyboard menu_button(const reading& x) {
  return {{{x.text(key::button_menu), flow::data_of(action::menu), {}, false}}};
}

telegram::keyboard once_more_buttons(const reading& x) {
  telegram::keyboard buttons = menu_button(x);
  if (x.row.job)
    buttons.insert(buttons.begin(), {{x.text(key::button_once_more),
                                      flow::data_of(action::once_more, x.row.job->value),
                                      {},
                                      false}});
  return buttons;
}

telegram::outgoing retry_text(const reading& x) {
  const int64_t told = x.payload.number("attempt");
  const int64_t next = told > 0 ? told : x.row.attempts + 1;
  return {
    x.text(key::job_retry, {x.model_name(), number("attempt", next),
                            number("attempts", std::max<int64_t>(next, x.config.max_attempts))}),
    {},
    true};
}

telegram::outgoing failed_text(const reading& x) {
  if (x.payload.flag("cancelled"))
    return {x.text(key::job_cancelled), once_more_buttons(x), true};
  return {x.text(key::job_failed, {x.model_name()}) + "\n\n"
            + x.text(key::job_failed_hint, {number("credits", x.row.credits)}),
          once_more_buttons(x), true};
}

key advice_on_picture(const std::string& raw) {
  switch (words::picture_fault_of(raw)) {
    case words::picture_fault::too_small:
      return key::advice_image_small;
    case words::picture_fault::too_large:
      return key::advice_image_large;
    case words::picture_fault::shape:
      return key::advice_image_shape;
    case words::picture_fault::type:
      return key::advice_image_type;
    case words::picture_fault::unspecific:
      break;
  }
  return key::advice_image;
}

telegram::outgoing violation_text(const reading& x) {
  const auto advice = [&] {
    switch (provider::violation_of(x.payload.text("raw"))) {
      case provider::violation::unspecific:
        return key::advice_unspecific;
      case provider::violation::people:
        return key::advice_people;
      case provider::violation::third_party:
        return key::advice_third_party;
      case provider::violation::adult:
        return key::advice_adult;
      case provider::violation::violence:
        return key::advice_violence;
      case provider::violation::image:
        return advice_on_picture(x.payload.text("raw"));
      case provider::violation::language:
        return key::advice_language;
    }
    return key::advice_unspecific;
  };
  return {x.text(key::job_violation) + "\n\n" + x.text(advice()), once_more_buttons(x), true};
}

/// With what a video in which nobody speaks would say.
std::string caption_of(const reading& x, key words) {
  const auto narration = x.payload.text("narration");
  if (narration.empty())
    return x.text(words);
  return x.text(words) + "\n\n"
         + x.text(key::caption_narration, {user_text("narration", narration, 300)});
}

/// A video of a finished job, or of a task that came late.
struct footage {
  std::string caption;
  storage_key video;
  int64_t bytes = 0;
  std::string file_id;
};

std::optional<footage> footage_of(const reading& x) {
  if (x.row.kind == notification_kind::job_done)
    return footage{caption_of(x, key::caption_job_done), x.row.video, x.row.video_bytes,
                   x.row.video_file_id};
  if (x.row.kind == notification_kind::late_video)
    return footage{
      caption_of(x, x.payload.flag("refunded") ? key::caption_late : key::caption_late_extra),
      storage_key{x.payload.text("video")},
      x.payload.number("bytes"),
      {}};
  return std::nullopt;
}

bool is_too_large(const footage& x, const notification_config& config) {
  return x.file_id.empty() && x.bytes > config.max_upload_bytes;
}

telegram::outgoing as_link(const reading& x, const footage& video, const std::string& link) {
  const std::string second = link.empty()
                               ? x.text(key::video_without_link)
                               : x.text(key::video_link, {user_text("link", link, 2000)});
  return {video.caption + "\n" + second, once_more_buttons(x), true};
}

rendered show(const reading& x, const footage& video, const std::string& link) {
  if (video.video.value.empty() && video.file_id.empty())
    return unsendable{"the notification names no video"};
  if (is_too_large(video, x.config))
    return as_link(x, video, link);
  return video_message{video.caption, once_more_buttons(x),
                       video.video,   video.bytes,
                       video.file_id, x.row.kind == notification_kind::job_done};
}

rendered render_reply(const reading& x) {
  if (auto message = outbox::read_outgoing(x.payload))
    return std::move(*message);
  return unsendable{"the payload is no message"};
}

rendered render_invoice(const reading& x) {
  if (auto invoice = outbox::read_invoice(x.payload))
    return std::move(*invoice);
  return unsendable{"the payload is no invoice"};
}

rendered render_started(const reading& x) {
  return telegram::outgoing{
    x.text(key::job_started) + "\n" + x.text(key::job_started_hint), {}, true};
}

rendered render_granted(const reading& x) {
  const int64_t amount = x.payload.number("amount");
  if (amount <= 0)
    return unsendable{"nothing was granted"};
  return telegram::outgoing{
    x.text(key::granted, {number("count", amount), number("credits", x.row.credits)}),
    menu_button(x), true};
}

/// A receipt: what went back, and how many credits it took along.
rendered render_refund(const reading& x) {
  std::string text = x.text(key::payment_refunded, {number("stars", x.payload.number("stars"))});
  if (const int64_t taken = x.payload.number("taken"); taken > 0)
    text +=
      "\n" + x.text(key::refund_took, {number("count", taken), number("credits", x.row.credits)});
  else if (x.payload.number("spent") > 0)
    text += "\n" + x.text(key::refund_took_nothing);
  return telegram::outgoing{std::move(text), menu_button(x), true};
}

/// One line for every state that some of the order's videos are in.
std::string progress_text(const reading& x) {
  std::string text = x.text(key::progress_title);
  const auto line = [&](key label, const char* name) {
    if (const int64_t count = x.payload.number(name); count > 0)
      text +=
        "\n" + x.text(label, {number("count", count), number("ahead", x.payload.number("ahead"))});
  };
  line(x.payload.number("ahead") > 0 ? key::progress_waiting_behind : key::progress_waiting,
       "waiting");
  line(key::progress_writing, "writing");
  line(key::progress_making, "making");
  line(key::progress_done, "done");
  line(key::progress_failed, "failed");
  if (x.payload.number("making") > 0) {
    const int64_t high = x.payload.number("high");
    text += "\n\n"
            + x.text(high == 0                      ? key::progress_minutes
                     : x.payload.number("low") == 0 ? key::usual_short
                                                    : key::progress_usual,
                     {number("minutes", x.payload.number("minutes")),
                      number("low", x.payload.number("low")), number("high", high)});
  }
  return text;
}

rendered render_progress(const reading& x) {
  telegram::outgoing content{progress_text(x), {}, true};
  if (const int64_t message = x.payload.number("message_id"); message > 0)
    return edited_message{message, std::move(content)};
  return content;
}

rendered render_referral(const reading& x) {
  const bool inviter = x.payload.text("role") == "inviter";
  return telegram::outgoing{
    x.text(inviter ? key::referral_inviter : key::referral_invited,
           {number("count", x.payload.number("amount")), number("credits", x.row.credits)}),
    menu_button(x), true};
}

rendered render_news(const reading& x) {
  auto text = x.payload.text("text");
  if (text.empty())
    return unsendable{"the broadcast is gone"};
  return telegram::outgoing{
    std::move(text),
    {{{x.text(key::button_news_off), flow::data_of(flow::action::news_off), {}, false}}},
    true};
}

/// An id that Telegram refuses is not tried again: there is no file behind it.
rendered render_welcome_video(const reading& x) {
  if (x.row.video_file_id.empty())
    return unsendable{"welcome.videos: Telegram does not know this file id of another bot"};
  return video_message{{}, {}, {}, 0, x.row.video_file_id, false};
}

rendered render_preview(const reading& x, storage_key photo) {
  if (photo.value.empty())
    return unsendable{"the notification names no photo"};
  return photo_message{x.text(key::photo_in_frame), std::move(photo)};
}

rendered render_words(const reading& x) {
  switch (x.row.kind) {
    case notification_kind::reply:
      return render_reply(x);
    case notification_kind::invoice:
      return render_invoice(x);
    case notification_kind::job_started:
      return render_started(x);
    case notification_kind::job_retry:
      return retry_text(x);
    case notification_kind::job_waiting:
      return telegram::outgoing{x.text(key::job_waiting), {}, true};
    case notification_kind::job_delayed:
      return telegram::outgoing{x.text(key::job_delayed), {}, true};
    case notification_kind::job_failed:
      return failed_text(x);
    case notification_kind::job_violation:
      return violation_text(x);
    case notification_kind::credits_granted:
      return render_granted(x);
    case notification_kind::payment_refunded:
      return render_refund(x);
    case notification_kind::progress_message:
      return render_progress(x);
    case notification_kind::operator_alert:
      return telegram::outgoing{alerts::text_of(x.lang, x.payload), {}, true};
    case notification_kind::referral_paid:
      return render_referral(x);
    case notification_kind::news:
      return render_news(x);
    case notification_kind::welcome_video:
      return render_welcome_video(x);
    case notification_kind::overtaken:
      return unsendable{"the job ended before this could be sent"};
    case notification_kind::job_done:
    case notification_kind::late_video:
    case notification_kind::photo_preview:
      break; // files
  }
  return unsendable{"no words for this kind"};
}

} // namespace

notification::notification(store::notification x)
  : row(std::move(x)), payload(json::parse_object(row.payload.empty() ? "{}" : row.payload)) {
  if (row.kind == notification_kind::welcome_video && payload)
    row.video_file_id = payload->text("file_id");
}

rendered render(const notification& source, const notification_config& config,
                const std::string& video_link) {
  const auto x = open(source, config);
  if (!x)
    return unsendable{"the payload is no JSON object"};
  if (const auto video = footage_of(*x))
    return show(*x, *video, video_link);
  if (source.row.kind == notification_kind::photo_preview)
    return render_preview(*x, photo_of(source));
  return render_words(*x);
}

telegram::outgoing render_as_link(const notification& source, const notification_config& config,
                                  const std::string& video_link) {
  const auto x = open(source, config);
  const auto video = x ? footage_of(*x) : std::nullopt;
  if (x && source.row.kind == notification_kind::photo_preview)
    return {x->text(key::photo_in_frame), {}, true};
  return video ? as_link(*x, *video, video_link) : telegram::outgoing{};
}

storage_key video_of(const notification& source) {
  const notification_config no_config;
  const auto x = open(source, no_config);
  const auto video = x ? footage_of(*x) : std::nullopt;
  return video ? video->video : storage_key{};
}

storage_key photo_of(const notification& source) {
  const bool shown = source.row.kind == notification_kind::photo_preview && source.payload;
  const auto photo = shown ? source.payload->text("photo") : std::string{};
  return photo.empty() ? storage_key{}
                       : photo_forms::key_of(photo_forms::form::vertical, storage_key{photo});
}

bool wants_link(const notification& source, const notification_config& config) {
  const auto x = open(source, config);
  const auto video = x ? footage_of(*x) : std::nullopt;
  return video && is_too_large(*video, config);
}

} // namespace neurocards::notifications
