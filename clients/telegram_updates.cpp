#include "clients/telegram.hpp"
#include "clients/wire_json.hpp"

#include <algorithm>
#include <array>

namespace neurocards::telegram {

namespace {

using wire::element;
using maybe = std::optional<element>;

/// Names of Update's members that are handled; `kind` of anything else is "unknown".
constexpr std::array<std::string_view, 5> update_kinds{
  "message", "edited_message", "callback_query", "pre_checkout_query", "my_chat_member"};

/// Asked for at Telegram: an edited message is answered only when one comes unasked.
constexpr std::array<std::string_view, 4> wanted_kinds{"message", "callback_query",
                                                       "pre_checkout_query", "my_chat_member"};

struct content_name {
  std::string_view member;
  content_kind kind;
};

/// In order: an animation also carries `document`.
constexpr std::array<content_name, 13> contents{{
  {"photo", content_kind::photo},
  {"animation", content_kind::animation},
  {"document", content_kind::document},
  {"video", content_kind::video},
  {"video_note", content_kind::video_note},
  {"audio", content_kind::audio},
  {"voice", content_kind::voice},
  {"sticker", content_kind::sticker},
  {"contact", content_kind::contact},
  {"venue", content_kind::location},
  {"location", content_kind::location},
  {"poll", content_kind::poll},
  {"text", content_kind::text},
}};

/// Messages that nobody wrote: an answer to them would puzzle.
constexpr std::array<std::string_view, 17> service_members{
  "pinned_message",
  "message_auto_delete_timer_changed",
  "write_access_allowed",
  "new_chat_members",
  "left_chat_member",
  "new_chat_title",
  "group_chat_created",
  "supergroup_chat_created",
  "migrate_to_chat_id",
  "migrate_from_chat_id",
  "chat_background_set",
  "forum_topic_created",
  "forum_topic_edited",
  "forum_topic_closed",
  "forum_topic_reopened",
  "general_forum_topic_hidden",
  "general_forum_topic_unhidden",
};

chat_kind where_of(maybe chat) {
  const auto type = wire::text(chat, "type");
  if (type == "private")
    return chat_kind::private_chat;
  return type == "group" || type == "supergroup" ? chat_kind::group : chat_kind::other;
}

void read_sender(maybe from, incoming& out) {
  out.who.user = user_id{wire::integer_or_zero(from, "id")};
  out.who.username = wire::text(from, "username");
  out.who.first_name = wire::text(from, "first_name");
  out.who.language_code = wire::text(from, "language_code");
}

void read_chat(maybe chat, incoming& out) {
  out.chat = chat_id{wire::integer_or_zero(chat, "id")};
  out.where = where_of(chat);
}

/// Where in its chat `message` stands. In groups a thread may also be a row of replies, into which
/// nothing can be sent. Of an old message (date 0) Telegram tells the chat only.
void read_place(maybe message, incoming& out) {
  if (!message || wire::integer(wire::member(message, "date")) == 0)
    return;
  out.place_known = true;
  const bool topic = wire::boolean(wire::member(message, "is_topic_message")).value_or(false);
  if (topic || out.where != chat_kind::group)
    out.answer_to.thread = wire::integer_or_zero(message, "message_thread_id");
  out.answer_to.direct_messages =
    wire::integer_or_zero(wire::member(message, "direct_messages_topic"), "topic_id");
  out.answer_to.business_connection = wire::text(message, "business_connection_id");
}

file_ref to_file(maybe x) {
  file_ref result;
  result.file_id = wire::text(x, "file_id");
  result.unique_id = wire::text(x, "file_unique_id");
  result.name = wire::text(x, "file_name");
  result.mime_type = wire::text(x, "mime_type");
  constexpr int64_t max_side = 1'000'000;
  result.width =
    static_cast<int>(std::clamp<int64_t>(wire::integer_or_zero(x, "width"), 0, max_side));
  result.height =
    static_cast<int>(std::clamp<int64_t>(wire::integer_or_zero(x, "height"), 0, max_side));
  result.bytes = std::max<int64_t>(wire::integer_or_zero(x, "file_size"), 0);
  return result;
}

std::optional<file_ref> largest(maybe sizes) {
  std::optional<file_ref> best;
  const auto area = [](const file_ref& x) { return int64_t{x.width} * x.height; };
  for (const element x : wire::items(sizes)) {
    auto size = to_file(x);
    if (!size.file_id.empty() && (!best || area(size) >= area(*best)))
      best = std::move(size);
  }
  return best;
}

void read_content(maybe x, message& out) {
  out.content = content_kind::other;
  for (const auto& [name, kind] : contents) {
    const auto found = wire::member(x, name);
    if (!found)
      continue;
    out.content = kind;
    if (kind == content_kind::photo)
      out.file = largest(found);
    else if (kind == content_kind::document || kind == content_kind::video)
      out.file = to_file(found);
    break;
  }
  if (out.file && out.file->file_id.empty())
    out.file.reset();
  if (out.content == content_kind::document && out.file
      && out.file->mime_type.starts_with("image/"))
    out.content = content_kind::image_document;
  if (out.content == content_kind::photo && !out.file)
    out.content = content_kind::other;
}

/// Of a payment, or of its refund.
template <class Payment>
Payment to_payment(maybe x) {
  return {.charge_id = wire::text(x, "telegram_payment_charge_id"),
          .currency = wire::text(x, "currency"),
          .amount = wire::integer_or_zero(x, "total_amount"),
          .payload = wire::text(x, "invoice_payload")};
}

/// Whoever refunded it, the user is the one of the chat: what a bot did may be told as its message.
void read_refund(maybe x, maybe chat, incoming& out) {
  if (out.where == chat_kind::private_chat && out.who.user.value != out.chat.value)
    out.who = {
      user_id{out.chat.value}, wire::text(chat, "username"), wire::text(chat, "first_name"), {}};
  auto payment = to_payment<refunded_payment>(x);
  if (!payment.charge_id.empty())
    out.content = std::move(payment);
}

void read_message(maybe x, bool edited, incoming& out) {
  read_chat(wire::member(x, "chat"), out);
  read_sender(wire::member(x, "from"), out);
  if (out.chat.value == 0)
    return;
  read_place(x, out);
  if (const auto paid = wire::member(x, "successful_payment")) {
    auto payment = to_payment<successful_payment>(paid);
    if (!payment.charge_id.empty())
      out.content = std::move(payment);
    return;
  }
  if (const auto refund = wire::member(x, "refunded_payment"))
    return read_refund(refund, wire::member(x, "chat"), out);
  if (std::any_of(service_members.begin(), service_members.end(),
                  [&](std::string_view name) { return wire::member(x, name).has_value(); }))
    return;
  message result;
  result.message_id = wire::integer_or_zero(x, "message_id");
  result.date = std::max(wire::integer_or_zero(x, "date"), wire::integer_or_zero(x, "edit_date"));
  if (out.where == chat_kind::group) // others talk there as well
    out.answer_to.reply_to = result.message_id;
  result.edited = edited;
  read_content(x, result);
  result.text = wire::text(x, "text");
  if (result.text.empty())
    result.text = wire::text(x, "caption");
  result.media_group = wire::text(x, "media_group_id");
  out.content = std::move(result);
}

void read_callback(maybe x, incoming& out) {
  read_sender(wire::member(x, "from"), out);
  const auto under = wire::member(x, "message"); // absent for old or inline messages
  read_chat(wire::member(under, "chat"), out);
  read_place(under, out);
  if (out.chat.value == 0) {
    out.chat = chat_id{out.who.user.value};
    out.where = chat_kind::private_chat;
  }
  callback_query result;
  result.id = wire::text(x, "id");
  result.data = wire::text(x, "data");
  result.message_id = wire::integer_or_zero(under, "message_id");
  if (!result.id.empty())
    out.content = std::move(result);
}

void read_pre_checkout(maybe x, incoming& out) {
  read_sender(wire::member(x, "from"), out);
  pre_checkout_query result;
  result.id = wire::text(x, "id");
  result.currency = wire::text(x, "currency");
  result.amount = wire::integer_or_zero(x, "total_amount");
  result.payload = wire::text(x, "invoice_payload");
  if (!result.id.empty())
    out.content = std::move(result);
}

void read_membership(maybe x, incoming& out) {
  read_chat(wire::member(x, "chat"), out);
  read_sender(wire::member(x, "from"), out);
  const auto status = wire::text(wire::member(x, "new_chat_member"), "status");
  if (out.chat.value != 0 && !status.empty())
    out.content = membership{.blocked = status == "kicked" || status == "left"};
}

std::optional<received_update> to_update(element x) {
  const auto id = wire::integer(wire::member(x, "update_id"));
  if (!id)
    return std::nullopt;
  received_update result;
  result.parsed.update = update_id{*id};
  result.kind = "unknown";
  result.raw = wire::compact(x);
  for (const auto name : update_kinds) {
    const auto content = wire::member(x, name);
    if (!content)
      continue;
    result.kind = name;
    if (name == "message" || name == "edited_message")
      read_message(content, name == "edited_message", result.parsed);
    else if (name == "callback_query")
      read_callback(content, result.parsed);
    else if (name == "pre_checkout_query")
      read_pre_checkout(content, result.parsed);
    else
      read_membership(content, result.parsed);
    break;
  }
  return result;
}

} // namespace

std::span<const std::string_view> allowed_updates() {
  return wanted_kinds;
}

std::optional<received_update> parse_update(std::string_view text) {
  const wire::document doc{text};
  return doc.root() ? to_update(*doc.root()) : std::nullopt;
}

updates_answer parse_updates(const http::response& response) {
  updates_answer result{parse_answer(response), {}};
  if (!result.status.ok())
    return result;
  const wire::document doc{response.body};
  const auto list = wire::array(wire::member(doc.root(), "result"));
  if (!list) {
    result.status.envelope.ok = false;
    result.status.envelope.description = "getUpdates answered no list";
    return result;
  }
  for (const element x : *list)
    if (auto update = to_update(x))
      result.updates.push_back(std::move(*update));
  std::stable_sort(result.updates.begin(), result.updates.end(),
                   [](const auto& a, const auto& b) { return a.parsed.update < b.parsed.update; });
  return result;
}

} // namespace neurocards::telegram
