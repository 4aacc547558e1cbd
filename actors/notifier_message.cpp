#include "actors/notifier_message.hpp"

#include "domain/markup.hpp"

#include <array>

namespace neurocards {

namespace {

/// An edit may be repeated at will, and others stand behind it.
constexpr std::chrono::seconds edit_patience{15};

/// Length of the tag at the beginning of `text`; 0: there is none, just the character.
size_t tag_length(std::string_view text) {
  const auto end = text.find_first_of("<>", 1);
  if (end == std::string_view::npos || text[end] != '>' || text.size() < 3)
    return 0;
  const char first = text[1];
  return first == '/' || (first >= 'a' && first <= 'z') ? end + 1 : 0;
}

/// What a reader of `html` sees, also where Telegram finds fault with its markup.
std::string bare_text(std::string_view html) {
  constexpr std::array<std::pair<std::string_view, char>, 4> entities{
    {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&amp;", '&'}}};
  std::string result;
  while (!html.empty()) {
    size_t taken = html.front() == '<' ? tag_length(html) : 0;
    for (const auto& [name, character] : entities) {
      if (!html.starts_with(name))
        continue;
      result += character;
      taken = name.size();
      break;
    }
    if (taken == 0)
      result += html[taken++];
    html.remove_prefix(taken);
  }
  return result;
}

struct builder {
  const telegram::api& api;
  const telegram::destination& to;
  const video_parts& video;
  bool plain;

  http::request operator()(const telegram::outgoing& x) const {
    if (!plain)
      return api.send_message(to, x);
    auto bare = x;
    bare.text = bare_text(x.text);
    return api.send_plain_message(to, bare);
  }
  http::request operator()(const telegram::invoice& x) const { return api.send_invoice(to, x); }
  http::request operator()(const notifications::video_message& x) const {
    const telegram::media media{.file_id = x.file_id,
                                .url = {},
                                .file = x.file_id.empty() ? video.file : std::string{},
                                .file_name = "video.mp4",
                                .content_type = "video/mp4",
                                .thumbnail = video.thumbnail};
    const auto caption = plain ? markup::escape(bare_text(x.caption)) : x.caption;
    return api.send_video(to, media, {caption, x.buttons}, video.facts);
  }
  http::request operator()(const notifications::photo_message& x) const {
    const telegram::media media{.file_id = {},
                                .url = {},
                                .file = video.file,
                                .file_name = "photo.jpg",
                                .content_type = "image/jpeg",
                                .thumbnail = {}};
    return api.send_photo(to, media,
                          {plain ? markup::escape(bare_text(x.caption)) : x.caption, {}});
  }
  http::request operator()(const notifications::edited_message& x) const {
    auto request = api.edit_message_text(to, x.message_id, x.text);
    request.timeout = std::min<std::chrono::milliseconds>(request.timeout, edit_patience);
    return request;
  }
  http::request operator()(const notifications::unsendable&) const {
    return {}; // dropped before
  }
};

} // namespace

http::request message_request(const telegram::api& api, const telegram::destination& to,
                              const notifications::rendered& content, const video_parts& video,
                              bool plain) {
  return std::visit(builder{api, to, video, plain}, content);
}

} // namespace neurocards
