#include "sandbox/telegram/html.hpp"

#include "sandbox/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace neurocards::sandbox::telegram {

namespace {

struct known_tag {
  std::string_view name;
  std::string_view type;
};

constexpr std::array tags{
  known_tag{"b", "bold"},
  known_tag{"strong", "bold"},
  known_tag{"i", "italic"},
  known_tag{"em", "italic"},
  known_tag{"u", "underline"},
  known_tag{"ins", "underline"},
  known_tag{"s", "strikethrough"},
  known_tag{"strike", "strikethrough"},
  known_tag{"del", "strikethrough"},
  known_tag{"code", "code"},
  known_tag{"pre", "pre"},
  known_tag{"a", "text_link"},
  known_tag{"blockquote", "blockquote"},
  known_tag{"tg-spoiler", "spoiler"},
  known_tag{"span", "spoiler"},
  known_tag{"tg-emoji", "custom_emoji"},
  known_tag{"tg-time", "date_time"},
};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0' || c == '\v';
}

void append_code_point(std::string& out, uint32_t c) {
  const auto add = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80)
    return add(c);
  if (c < 0x800) {
    add(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    add(0xE0 | c >> 12);
    add(0x80 | (c >> 6 & 0x3F));
  } else {
    add(0xF0 | c >> 18);
    add(0x80 | (c >> 12 & 0x3F));
    add(0x80 | (c >> 6 & 0x3F));
  }
  add(0x80 | (c & 0x3F));
}

/// Decodes the entity at the start of `text`; `size` tells its bytes, 0 when it is just an
/// ampersand.
uint32_t decode_entity(std::string_view text, size_t& size) {
  struct name {
    std::string_view text;
    uint32_t value;
  };
  constexpr std::array names{name{"&lt", '<'}, name{"&gt", '>'}, name{"&amp", '&'},
                             name{"&quot", '"'}};
  uint32_t value = 0;
  size_t end = 0;
  if (text.starts_with("&#")) {
    const bool hexadecimal = text.size() > 2 && text[2] == 'x';
    end = hexadecimal ? 3 : 2;
    const auto alphabet = hexadecimal ? "0123456789abcdefABCDEF" : "0123456789";
    const auto stop = std::min(text.size(), text.find_first_not_of(alphabet, end));
    if (stop - end > 0 && stop - end <= 8)
      value = static_cast<uint32_t>(
        std::stoull(std::string{text.substr(end, stop - end)}, nullptr, hexadecimal ? 16 : 10));
    end = stop;
    if (value >= 0x10ffff)
      value = 0;
  } else {
    const auto found = std::find_if(names.begin(), names.end(),
                                    [&](const name& n) { return text.starts_with(n.text); });
    if (found != names.end()) {
      value = found->value;
      end = found->text.size();
    }
  }
  size = value == 0 ? 0 : end + (end < text.size() && text[end] == ';' ? 1 : 0);
  return value;
}

class parser {
public:
  explicit parser(std::string_view html) : in_(html) {}

  formatted_text run() {
    while (position_ < in_.size() && out_.error.empty()) {
      if (in_[position_] == '<')
        peek(1) == '/' ? end_tag() : start_tag();
      else
        character(out_.text);
    }
    if (out_.error.empty() && !open_.empty())
      fail("Can't find end tag corresponding to start tag \"" + open_.back().tag + "\"");
    std::stable_sort(out_.entities.begin(), out_.entities.end(),
                     [](const entity& a, const entity& b) {
                       return a.offset != b.offset ? a.offset < b.offset : a.length > b.length;
                     });
    return std::move(out_);
  }

private:
  struct open_tag {
    std::string tag;
    std::string type;
    std::string argument;
    size_t begin; // in out_.text, bytes
  };

  char peek(size_t ahead = 0) const {
    return position_ + ahead < in_.size() ? in_[position_ + ahead] : '\0';
  }
  bool ended() const { return position_ >= in_.size(); }

  void fail(std::string error) { out_.error = std::move(error); }
  void fail_near(const std::string& error, size_t offset) {
    fail(error + " at byte offset " + std::to_string(offset));
  }

  void character(std::string& to) {
    size_t size = 0;
    const auto value = in_[position_] == '&' ? decode_entity(in_.substr(position_), size) : 0;
    if (size == 0) {
      to += in_[position_++];
      return;
    }
    append_code_point(to, value);
    position_ += size;
  }

  void skip_spaces() {
    while (!ended() && is_space(in_[position_]))
      ++position_;
  }

  void start_tag() {
    const auto begin = position_++;
    while (!ended() && !is_space(in_[position_]) && in_[position_] != '>')
      ++position_;
    if (ended())
      return fail_near("Unclosed start tag", begin);
    open_tag tag{lower(in_.substr(begin + 1, position_ - begin - 1)), {}, {}, out_.text.size()};
    const auto known =
      std::find_if(tags.begin(), tags.end(), [&](const known_tag& t) { return t.name == tag.tag; });
    if (known == tags.end())
      return fail_near("Unsupported start tag \"" + tag.tag + "\"", begin);
    tag.type = known->type;
    bool spoiler = false;
    for (skip_spaces(); !ended() && in_[position_] != '>'; skip_spaces())
      if (!attribute(tag, begin, spoiler))
        return;
    if (ended())
      return fail_near("Unclosed start tag", begin);
    if (tag.tag == "span" && !spoiler)
      return fail_near("Tag \"span\" must have class \"tg-spoiler\"", begin);
    ++position_;
    open_.push_back(std::move(tag));
  }

  bool attribute(open_tag& tag, size_t begin, bool& spoiler) {
    const auto from = position_;
    while (!ended() && !is_space(in_[position_]) && in_[position_] != '=' && in_[position_] != '>')
      ++position_;
    const auto name = lower(in_.substr(from, position_ - from));
    if (name.empty()) {
      fail_near("Empty attribute name in the tag \"" + tag.tag + "\"", begin);
      return false;
    }
    skip_spaces();
    std::string value;
    if (peek() == '=' && (++position_, !attribute_value(begin, value)))
      return false;
    spoiler = spoiler || (name == "class" && value == "tg-spoiler");
    if ((tag.tag == "a" && name == "href") || (tag.tag == "tg-emoji" && name == "emoji-id"))
      tag.argument = value;
    if (tag.tag == "code" && name == "class" && value.starts_with("language-"))
      tag.argument = value.substr(9);
    if (tag.tag == "blockquote" && name == "expandable")
      tag.type = "expandable_blockquote";
    return true;
  }

  bool attribute_value(size_t begin, std::string& value) {
    skip_spaces();
    const char quote = peek();
    if (quote == '"' || quote == '\'') {
      ++position_;
      while (!ended() && in_[position_] != quote)
        character(value);
      ++position_;
    } else {
      while (!ended() && !is_space(in_[position_]) && in_[position_] != '>')
        value += in_[position_++];
    }
    if (position_ < in_.size())
      return true;
    fail_near("Unclosed start tag", begin);
    return false;
  }

  void end_tag() {
    const auto begin = position_;
    if (open_.empty())
      return fail_near("Unexpected end tag", begin);
    position_ += 2;
    while (!ended() && !is_space(in_[position_]) && in_[position_] != '>')
      ++position_;
    const auto name = lower(in_.substr(begin + 2, position_ - begin - 2));
    skip_spaces();
    if (peek() != '>')
      return fail_near("Unclosed end tag", begin);
    ++position_;
    auto tag = std::move(open_.back());
    open_.pop_back();
    if (!name.empty() && name != tag.tag)
      return fail_near("Unmatched end tag", begin, tag.tag, name);
    close(tag);
  }

  void fail_near(const std::string& error, size_t offset, const std::string& want,
                 const std::string& got) {
    fail(error + " at byte offset " + std::to_string(offset) + ", expected \"</" + want
         + ">\", found \"</" + got + ">\"");
  }

  void close(open_tag& tag) {
    const auto before = std::string_view{out_.text}.substr(0, tag.begin);
    entity e{tag.type, utf16_units(before), utf16_units(out_.text) - utf16_units(before),
             tag.argument};
    if (tag.type == "text_link" && e.argument.empty())
      e.argument = out_.text.substr(tag.begin); // <a>https://…</a>
    if (e.length == 0)
      return;
    const bool inside_pre = !open_.empty() && open_.back().type == "pre";
    if (tag.type == "code" && inside_pre)
      open_.back().argument = e.argument; // <pre><code class="language-x"> is one entity
    else
      out_.entities.push_back(std::move(e));
  }

  std::string_view in_;
  size_t position_ = 0;
  std::vector<open_tag> open_;
  formatted_text out_;
};

} // namespace

formatted_text parse_html(std::string_view html) {
  return parser{html}.run();
}

} // namespace neurocards::sandbox::telegram
