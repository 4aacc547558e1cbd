#pragma once

#include "protocol/place.hpp"
#include "protocol/store/profile.hpp"

#include <optional>
#include <variant>
#include <vector>

/// What Telegram tells us and what we tell Telegram, reduced to what the product uses.
namespace neurocards::telegram {

enum class chat_kind : uint8_t { private_chat, group, other };

/// What a message carries. Anything newer than this program is `other`.
enum class content_kind : uint8_t {
  text,
  photo,
  image_document, // sent "as file" and declared an image; its bytes decide
  document,
  video,
  animation,
  audio,
  voice,
  video_note,
  sticker,
  contact,
  location,
  poll,
  other,
};

/// A file at Telegram. Declared values come from the sender and are checked on the bytes.
struct file_ref {
  std::string file_id;
  std::string unique_id;
  std::string name;      // documents only
  std::string mime_type; // documents only
  int width = 0;         // photos only
  int height = 0;
  int64_t bytes = 0; // 0: not told
};

struct message {
  int64_t message_id = 0;
  bool edited = false;
  content_kind content = content_kind::text;
  std::string text;             // text or caption
  std::string media_group;      // non-empty: part of an album
  bool album_continues = false; // set by the conversation, not by the parser: another message of
                                // the same album is waiting behind this one, and will be answered
  std::optional<file_ref> file; // the largest photo size, the document or the video
  int64_t date = 0;             // Unix seconds: when it was sent or, if edited, changed
};

struct callback_query {
  std::string id;
  std::string data;
  int64_t message_id = 0; // of the message with the button; 0: too old for Telegram to tell
};

struct pre_checkout_query {
  std::string id;
  std::string currency;
  int64_t amount = 0;
  std::string payload;
};

struct successful_payment {
  std::string charge_id;
  std::string currency;
  int64_t amount = 0;
  std::string payload;
};

/// The Stars of a payment went back to who paid, whoever wished it.
struct refunded_payment {
  std::string charge_id; // of the payment
  std::string currency;
  int64_t amount = 0;
  std::string payload;
};

/// my_chat_member: the user blocked or unblocked the bot.
struct membership {
  bool blocked = false;
};

/// A kind of update this program does not know; confirmed and ignored.
struct unknown_update {};

struct incoming {
  update_id update;
  chat_id chat; // 0 when the update is of no chat
  chat_kind where = chat_kind::private_chat;
  place answer_to;          // where in the chat what is said in answer belongs
  bool place_known = false; // false: Telegram did not tell (a button under an old message)
  store::profile who;
  std::variant<unknown_update, message, callback_query, pre_checkout_query, successful_payment,
               refunded_payment, membership>
    content;
};

struct button {
  std::string text;
  std::string data; // ≤ 64 bytes
  std::string url;  // instead of data
  bool pay = false; // invoice button, always the first
};

using keyboard = std::vector<std::vector<button>>; // rows

/// Payload of a notification of kind "reply".
struct outgoing {
  std::string text; // HTML, already escaped; ≤ 4096 characters after entity parsing
  keyboard buttons;
  bool disable_preview = true;
};

/// Payload of a notification of kind "invoice": packs are sold for Telegram Stars.
struct invoice {
  std::string title;
  std::string description;
  std::string payload; // comes back in pre_checkout_query and successful_payment
  std::string label;
  int stars = 0;
};

} // namespace neurocards::telegram
