#include "domain/flow_step.hpp"
#include "domain/markup.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

/// What happens to what people write and send.
namespace neurocards::flow {

using telegram::content_kind;
using texts::key;
using texts::number;
using texts::say;

namespace {

constexpr size_t description_units = 4000;
constexpr size_t wishes_units = 2000;
constexpr size_t script_units = 4000;
constexpr int small_side = 256; // px; below, the clip is visibly soft (and one model refuses)

/// Empty: nothing that could be read.
std::string accepted_words(std::string_view text, size_t limit) {
  if (markup::is_blank(text))
    return {};
  const std::string cleaned = markup::clean(text);
  return markup::cut(markup::trimmed(cleaned), limit);
}

/// A command of ours or our name: what a group may be answered at all.
bool addresses_bot(std::string_view words, const std::string& username) {
  const std::string text = markup::folded(words);
  const std::string name = markup::folded(username); // names of Telegram know no case
  if (text.empty())
    return false;
  const std::string_view word = std::string_view{text}.substr(0, text.find_first_of(" \n"));
  const size_t separator = word.find('@');
  if (text.front() == '/')
    return separator == std::string_view::npos || word.substr(separator + 1) == name;
  return !name.empty() && text.find("@" + name) != std::string::npos;
}

/// A file may be one whatever its sender declares: its bytes decide.
bool carries_photo(const telegram::message& x) {
  return (x.content == content_kind::photo || x.content == content_kind::image_document
          || x.content == content_kind::document)
         && x.file;
}

} // namespace

std::string command_in(std::string_view text) {
  const std::string words = markup::folded(text);
  if (words.size() < 2 || words.front() != '/')
    return {};
  return words.substr(0, words.find_first_of(" \n@"));
}

bool is_later_in_album(const session& s, const telegram::message& x) {
  return !x.media_group.empty() && x.media_group == s.album
         && (s.album_has_photo || !carries_photo(x));
}

std::optional<photo_wish> photo_in(const session& s, const telegram::message& x) {
  if (x.edited || !carries_photo(x) || is_later_in_album(s, x))
    return std::nullopt;
  return photo_wish{*x.file, x.content == content_kind::photo ? images::origin::photo
                                                              : images::origin::document};
}

void stepper::apply(const telegram::message& x) {
  if (in_.where != telegram::chat_kind::private_chat)
    return apply_in_group(x);
  if (view_.banned)
    return reply(banned_screen(to()));
  const std::string command = x.content == content_kind::text ? command_in(x.text) : "";
  if (command == "/start") {
    out_.commit.blocked = false;
    note_invitation(x.text);
  }
  if (apply_public_command(command))
    return;
  if (!consented())
    return apply_before_consent(x);
  if (x.edited)
    return reply_and_ask(key::edited);
  if (!command.empty())
    return apply_command(command);
  if (is_later_in_album(session_, x))
    return apply_later_in_album(x);
  if (carries_photo(x))
    return apply_photo(x);
  if (lost_)
    return begin_anew_for_missing_data();
  if (x.content == content_kind::text)
    return apply_text(x.text);
  if (!x.media_group.empty()) {
    session_.album = x.media_group;
    session_.album_has_photo = false;
    session_.album_answered = true;
  }
  apply_other(x.content);
}

void stepper::apply_in_group(const telegram::message& x) {
  // A group is not our place: those who call get one answer, others none.
  if (in_.where == telegram::chat_kind::group && !x.edited
      && addresses_bot(x.text, config_.bot_username))
    reply(private_only_screen(to()));
}

// ── before consent ───────────────────────────────────────────────────────────────────────────────

void stepper::apply_before_consent(const telegram::message& x) {
  if (session_.early && !x.media_group.empty() && x.media_group == session_.album) {
    if (session_.early->caption.empty())
      session_.early->caption = accepted_words(x.text, description_units);
    return; // its album was answered
  }
  std::string heading;
  if (x.content == content_kind::text && command_in(x.text) == "/cancel") {
    session_.early.reset();
    heading = say(lang_, key::nothing_to_cancel);
  } else if (const auto wish = photo_in(session_, x)) {
    if (const auto fault = declared_fault(wish->file, config_.photo))
      return reply(photo_fault_screen(to(), *fault));
    session_.early = {wish->file, wish->from == images::origin::document,
                      accepted_words(x.text, description_units)};
    session_.album = x.media_group;
    heading = say(lang_, key::consent_photo_waits);
  }
  telegram::outgoing screen = consent_screen(to(), needed_consent());
  reply(heading.empty() ? screen : with_heading(heading, std::move(screen)));
}

// ── commands ─────────────────────────────────────────────────────────────────────────────────────

/// Those that everybody may use, consent or not.
bool stepper::apply_public_command(std::string_view command) {
  if (command == "/help")
    reply(plain(to(), say(lang_, key::help)));
  else if (command == "/terms")
    reply(terms_screen(to()));
  else if (command == "/support")
    reply(support_screen(to(), in_.who.user));
  else if (command == "/paysupport")
    reply(pay_support_screen(to(), in_.who.user));
  else
    return false;
  return true;
}

void stepper::apply_command(std::string_view command) {
  if (command == "/start" || command == "/menu") {
    session_.asked_for_photo = false;
    session_.paused = session_.order.has_value();
    return reply(menu_screen(to(), session_));
  }
  if (command == "/balance")
    return reply(cabinet_screen(to()));
  if (command == "/history")
    return show_history(0);
  if (command == "/cancel")
    return cancel();
  reply_and_ask(key::unknown_command);
}

void stepper::cancel() {
  const bool anything = session_.order || session_.asked_for_photo || lost_;
  session_.order.reset();
  session_.paused = false;
  session_.asked_for_photo = false;
  reply_and_ask(anything ? key::cancelled : key::nothing_to_cancel);
}

// ── photos ───────────────────────────────────────────────────────────────────────────────────────

void stepper::apply_photo(const telegram::message& x) {
  if (const auto fault = declared_fault(*x.file, config_.photo))
    return refuse_photo(*fault, x);
  if (const auto* stored = photo_ ? std::get_if<photo_stored>(&*photo_) : nullptr)
    return start_order(x, *stored);
  if (const auto* rejected = photo_ ? std::get_if<photo_rejected>(&*photo_) : nullptr)
    return refuse_photo(*rejected, x);
  session_.asked_for_photo = !session_.order;
  const auto* over_limit = photo_ ? std::get_if<photo_over_limit>(&*photo_) : nullptr;
  if (!over_limit)
    return reply(plain(to(), say(lang_, key::photo_unavailable)));
  if (!over_limit->told)
    reply(plain(to(), say(lang_, key::too_many_photos)));
}

void stepper::refuse_photo(const photo_rejected& rejection, const telegram::message& x) {
  const bool told =
    !x.media_group.empty() && x.media_group == session_.album && session_.album_answered;
  session_.asked_for_photo = !session_.order;
  session_.album = x.media_group;
  session_.album_has_photo = false; // the next photo of the album may do
  session_.album_answered = true;
  if (!told) // of one album, the first that does not fit is enough
    reply(photo_fault_screen(to(), rejection));
}

/// The photo of a draft or of an earlier order was checked for the models of its day. True: today's
/// take it no more, and that was said.
bool stepper::refuse_kept_photo(const storage_key& photo) {
  const auto fault = kept_fault(photo, config_);
  if (fault) {
    session_.asked_for_photo = !session_.order;
    reply(photo_fault_screen(to(), *fault));
  }
  return fault.has_value();
}

void stepper::start_order(const telegram::message& x, const photo_stored& photo) {
  draft order;
  order.id = draft_id{fresh_};
  order.photo = photo.key;
  order.description = accepted_words(x.text, description_units);
  session_.order = std::move(order);
  session_.paused = false;
  session_.asked_for_photo = false;
  session_.album = x.media_group;
  session_.album_has_photo = !x.media_group.empty();
  session_.album_answered = !x.album_continues;
  preview(photo);
  if (x.album_continues)
    return; // the last message of the album is answered
  telegram::outgoing next = question(to(), session_);
  if (photo.width > 0 && std::min(photo.width, photo.height) < small_side)
    next = with_heading(say(lang_, key::photo_is_small,
                            {number("width", photo.width), number("height", photo.height)}),
                        std::move(next));
  reply(next);
}

/// Shows the photo as it will be filmed, if that is quite another picture.
void stepper::preview(const photo_stored& photo) {
  const bool framed = std::ranges::any_of(config_.models, &images::limits::framed);
  if (framed && images::is_wide({images::format::jpeg, photo.width, photo.height, false}))
    out_.commit.notifications.push_back(
      {notification_kind::photo_preview, nlohmann::json{{"photo", photo.key.value}}.dump()});
}

/// One photo per order; the others of its album only may bring the caption.
void stepper::apply_later_in_album(const telegram::message& x) {
  const std::string words = accepted_words(x.text, description_units);
  bool moved_on = false;
  if (session_.order && session_.order->description.empty() && !words.empty()) {
    session_.order->description = words;
    moved_on = true;
  }
  if (x.album_continues)
    return;
  if (moved_on || !session_.album_answered)
    ask();
  session_.album_answered = true;
}

// ── text ─────────────────────────────────────────────────────────────────────────────────────────

void stepper::apply_text(std::string_view text) {
  const std::string answer = markup::folded(text);
  switch (state_of(session_)) {
    case state::idle:
      return reply_and_ask(key::hint_idle);
    case state::awaiting_photo:
      return session_.order ? begin_anew_for_missing_data() : reply_and_ask(key::need_photo_first);
    case state::awaiting_description:
      return apply_description(text);
    case state::awaiting_template:
      return reply_and_ask(key::need_choice);
    case state::awaiting_wishes: {
      const std::string words = accepted_words(text, wishes_units);
      if (words.empty())
        return reply_and_ask(key::need_words);
      session_.order->wishes = answer == "-" ? "" : words;
      return ask();
    }
    case state::awaiting_own_prompt:
      return apply_script(text);
    case state::awaiting_count:
      if (answer != "1" && answer != "3" && answer != "5")
        return reply_and_ask(key::need_count);
      session_.order->count = answer.front() - '0';
      return ask();
    case state::awaiting_confirmation:
      return reply_and_ask(key::need_launch);
  }
}

void stepper::apply_description(std::string_view text) {
  std::string words = accepted_words(text, description_units);
  if (words.empty())
    return reply_and_ask(key::need_words);
  session_.order->description = std::move(words);
  ask();
}

void stepper::apply_script(std::string_view text) {
  std::string words = accepted_words(text, script_units);
  draft& order = *session_.order;
  if (words.empty())
    return reply_and_ask(key::need_words);
  if (order.edit == script_edit::add && !order.own_prompt.empty()) {
    words = order.own_prompt + "\n" + words;
    if (markup::length(words) > script_units)
      return reply(with_heading(say(lang_, key::own_prompt_full, {number("limit", script_units)}),
                                question(to(), session_)));
  }
  order.own_prompt = std::move(words);
  order.edit = script_edit::replace;
  ask();
}

// ── everything else ──────────────────────────────────────────────────────────────────────────────

void stepper::apply_other(content_kind content) {
  const bool moving = content == content_kind::video || content == content_kind::animation
                      || content == content_kind::video_note;
  if (moving && (state_of(session_) == state::idle || state_of(session_) == state::awaiting_photo))
    return reply_and_ask(key::not_a_photo_video);
  if (session_.order && state_of(session_) == state::awaiting_photo)
    return begin_anew_for_missing_data();
  reply_and_ask(key::not_for_me);
}

} // namespace neurocards::flow
