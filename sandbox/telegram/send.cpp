#include "sandbox/telegram/content.hpp"
#include "sandbox/telegram/methods.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace neurocards::sandbox::telegram {

namespace {

using nlohmann::json;

constexpr size_t max_photo = 10U << 20;
constexpr size_t max_upload = 50U << 20;

/// The file that a parameter means: uploaded under that name, attached under another, or known by
/// id.
struct found_file {
  const file* content = nullptr;
  reply fault{};
};

found_file resolve(bot& b, const form& f, const std::string& value, const std::string& kind,
                   const part* direct) {
  const auto* upload = value.starts_with("attach://") ? f.file(value.substr(9)) : direct;
  if (upload) {
    if (upload->content.size() > max_upload)
      return {.fault = refuse(413, "Request Entity Too Large")};
    if (upload->content.empty())
      return {.fault = bad_request("file must be non-empty")};
    if (kind == "photo" && upload->content.size() > max_photo)
      return {.fault = bad_request("file is too big")};
    const bool playable = kind != "video" || probe(upload->content).mime == "video/mp4";
    return {.content =
              &b.stored.add(playable ? kind : "document", upload->content, upload->filename)};
  }
  if (value.empty())
    return {.fault = bad_request("there is no " + kind + " in the request")};
  const auto* known = b.stored.find(value);
  if (!known)
    return {.fault = bad_request("wrong file identifier/HTTP URL specified")};
  if (known->kind != kind)
    return {.fault = bad_request("can't use file of type " + known->kind + " as " + kind)};
  return {.content = known};
}

reply check_photo(const file& x) {
  const auto& t = x.type;
  if (!t.picture())
    return bad_request("IMAGE_PROCESS_FAILED");
  const bool fits =
    t.width + t.height <= 10'000 && t.width <= 20 * t.height && t.height <= 20 * t.width;
  return fits ? done() : bad_request("PHOTO_INVALID_DIMENSIONS");
}

json common(const file& x) {
  return {{"file_id", x.id}, {"file_unique_id", x.unique_id}, {"file_size", x.size}};
}

/// The member of a message that shows the file; its name is the kind of the file.
json shown(const file& x, const form& f) {
  auto one = common(x);
  if (x.kind == "photo") {
    one["width"] = x.type.width;
    one["height"] = x.type.height;
    return json::array({one});
  }
  if (!x.name.empty())
    one["file_name"] = x.name;
  one["mime_type"] = x.type.mime;
  if (x.kind == "video") {
    one["width"] = f.number("width");
    one["height"] = f.number("height");
    one["duration"] = f.number("duration");
  }
  return one;
}

reply send_file(bot& b, const form& f, const std::string& kind) {
  const auto text = read_text(f, text_kind::caption);
  if (!text.error.empty())
    return bad_request(text.error);
  const auto found = resolve(b, f, f.text(kind), kind, f.file(kind));
  if (!found.content)
    return found.fault;
  if (kind == "photo")
    if (auto fault = check_photo(*found.content); fault.code != 200)
      return fault;
  json content{{found.content->kind, shown(*found.content, f)}};
  put_text(content, text, text_kind::caption);
  if (f.has("album"))
    content["media_group_id"] = f.text("album");
  return post(b, f, std::move(content));
}

reply check_reply_to(bot& b, const form& f, int64_t chat, json& content) {
  const auto to = json::parse(f.text("reply_parameters"), nullptr, false);
  if (!to.is_object() || !to.contains("message_id"))
    return done();
  const auto* m = b.messages.find(chat, to["message_id"].get<int64_t>());
  if (!m)
    return to.value("allow_sending_without_reply", false)
             ? done()
             : bad_request("message to be replied not found");
  content["reply_to_message"] = json::parse(m->json);
  return done();
}

} // namespace

person* addressee(bot& b, const form& f, reply& refusal) {
  const auto& text = f.text("chat_id");
  if (text.empty()) {
    refusal = bad_request("chat_id is empty");
    return nullptr;
  }
  auto* who = text.starts_with('@') ? b.users.find_username(text.substr(1))
                                    : b.users.find(f.number("chat_id"));
  if (!who)
    refusal = bad_request("chat not found");
  else if (who->blocked)
    refusal = refuse(403, "Forbidden: bot was blocked by the user");
  else if (!who->started)
    refusal = refuse(403, "Forbidden: bot can't initiate conversation with a user");
  else
    return who;
  return nullptr;
}

reply post(bot& b, const form& f, json content) {
  reply refusal;
  const auto* to = addressee(b, f, refusal);
  if (!to)
    return refusal;
  const auto keys = read_markup(f);
  if (!keys.error.empty())
    return bad_request(keys.error);
  if (auto fault = check_reply_to(b, f, to->id, content); fault.code != 200)
    return fault;
  if (!keys.inline_keyboard.empty())
    content["reply_markup"] = json::parse(keys.inline_keyboard);
  content["from"] = b.as_user();
  auto& m = b.messages.add(std::move(content), to->as_chat(), true);
  m.keyboard = keys.other;
  announce(b, "message", m);
  return {.result = m.json, .description = {}};
}

reply send_message(bot& b, const form& f) {
  const auto text = read_text(f, text_kind::message);
  if (!text.error.empty())
    return bad_request(text.error);
  auto content = json::object();
  put_text(content, text, text_kind::message);
  return post(b, f, std::move(content));
}

reply send_photo(bot& b, const form& f) {
  return send_file(b, f, "photo");
}

reply send_video(bot& b, const form& f) {
  return send_file(b, f, "video");
}

reply send_document(bot& b, const form& f) {
  return send_file(b, f, "document");
}

reply send_media_group(bot& b, const form& f) {
  const auto media = json::parse(f.text("media"), nullptr, false);
  if (!media.is_array())
    return bad_request("can't parse media: Expected an Array of InputMedia");
  if (media.size() < 2 || media.size() > 10)
    return bad_request("too " + std::string{media.size() < 2 ? "few" : "much"}
                       + " messages to send as an album");
  const auto group = std::to_string(++b.last_album);
  std::string results;
  for (const auto& item : media) {
    auto one = f;
    for (const auto& [name, value] : item.items())
      one.set(name, value.is_string() ? value.get<std::string>() : value.dump());
    const auto kind = item.value("type", "photo");
    one.set(kind, item.value("media", ""));
    one.set("album", group);
    const auto sent = send_file(b, one, kind);
    if (sent.code != 200) // not atomic: what went before stays
      return refuse(sent.code,
                    "Bad Request: Failed to send message #"
                      + std::to_string(1 + std::count(results.begin(), results.end(), '\n'))
                      + " with the error message \"" + sent.description + "\"");
    results += (results.empty() ? "" : ",\n") + sent.result;
  }
  return {.result = "[" + results + "]", .description = {}};
}

} // namespace neurocards::sandbox::telegram
