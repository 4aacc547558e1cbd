#include "node/config/file.hpp"

#include <sstream>

#include <caf/actor_system_config.hpp>
#include <caf/pec.hpp>

namespace neurocards::config {

namespace {

bool is_key_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
}

/// Reads the file's outline: which keys stand where, and which brackets stay open. Says nothing
/// about what CAF's parser reports itself.
class outline {
public:
  outline(const std::string& name, const std::string& text, file_content& out)
    : name_(name), text_(text), out_(out) {}

  void read() {
    while (position_ < text_.size())
      step();
    if (!open_.empty())
      fault(open_.back().line,
            "\"" + open_.back().name + "\" is opened here and never closed; is the file cut off?");
  }

private:
  struct bracket {
    char closing;
    std::string key;  // of the block; empty inside lists
    std::string name; // for messages
    int line;
  };

  void step() {
    const char c = text_[position_];
    if (c == '\n') {
      ++line_;
      ++position_;
    } else if (c == '#') {
      position_ = std::min(text_.find('\n', position_), text_.size());
    } else if (c == '"' || c == '\'') {
      word(quoted(c));
    } else if (c == '<') {
      position_ = std::min(text_.find_first_of(">\n", position_), text_.size());
    } else if (c == '{' || c == '[') {
      open(c);
    } else if (c == '}' || c == ']') {
      close();
    } else if (is_key_char(c)) {
      word(bare());
    } else {
      ++position_;
    }
  }

  std::string bare() {
    const size_t begin = position_;
    while (position_ < text_.size() && is_key_char(text_[position_]))
      ++position_;
    return text_.substr(begin, position_ - begin);
  }

  std::string quoted(char mark) {
    const int begin = line_;
    std::string result;
    for (++position_; position_ < text_.size() && text_[position_] != mark; ++position_) {
      if (text_[position_] == '\n')
        break;
      if (text_[position_] == '\\')
        ++position_;
      if (position_ < text_.size())
        result += text_[position_];
    }
    if (position_ >= text_.size())
      fault(begin, "a text is opened here and never closed; is the file cut off?");
    ++position_;
    return result;
  }

  /// A word is a key when '=', ':' or '{' follows.
  void word(const std::string& text) {
    const size_t next = text_.find_first_not_of(" \t", position_);
    if (next == std::string::npos || std::string_view{"=:{"}.find(text_[next]) == std::string::npos)
      return;
    key_ = text;
    if (text.find('.') != std::string::npos)
      fault(line_, "\"" + text
                     + "\" is written with a dot, which only the command line knows; write "
                     + nested(text));
    else if (!inside_list())
      remember(path() + text, text_[next] != '{');
  }

  void remember(const std::string& path, bool value) {
    const auto [known, is_new] = out_.lines.emplace(path, line_);
    if (!is_new && value)
      out_.faults.push_back(path + ": set twice, in lines " + std::to_string(known->second)
                            + " and " + std::to_string(line_) + " of " + name_);
  }

  static std::string nested(std::string key) {
    std::string closing;
    for (size_t dot; (dot = key.find('.')) != std::string::npos; closing += " }")
      key.replace(dot, 1, " { ");
    return key + " = …" + closing;
  }

  bool inside_list() const {
    for (const auto& x : open_)
      if (x.closing == ']')
        return true;
    return false;
  }

  std::string path() const {
    std::string result;
    for (const auto& x : open_)
      if (!x.key.empty())
        result += x.key + ".";
    return result;
  }

  void open(char c) {
    const std::string message = key_.empty() ? std::string(1, c) : key_ + " " + c;
    open_.push_back({c == '{' ? '}' : ']', c == '{' ? key_ : "", message, line_});
    key_.clear();
    ++position_;
  }

  void close() {
    if (!open_.empty())
      open_.pop_back();
    key_.clear();
    ++position_;
  }

  void fault(int line, const std::string& text) {
    out_.faults.push_back(name_ + ":" + std::to_string(line) + ": " + text);
  }

  const std::string& name_;
  const std::string& text_;
  file_content& out_;
  size_t position_ = 0;
  int line_ = 1;
  std::string key_; // read, its value not yet
  std::vector<bracket> open_;
};

/// "unexpected character in line 3, column 5" from CAF's error.
std::string words_of(const caf::error& err) {
  if (err.category() != caf::type_id_v<caf::pec>)
    return caf::to_string(err);
  std::string name = caf::to_string(static_cast<caf::pec>(err.code()));
  if (const auto colons = name.rfind(':'); colons != std::string::npos)
    name.erase(0, colons + 1);
  for (auto& c : name)
    c = c == '_' ? ' ' : c;
  if (err.context().match_elements<int32_t, int32_t>())
    name += " in line " + std::to_string(err.context().get_as<int32_t>(0)) + ", column "
            + std::to_string(err.context().get_as<int32_t>(1));
  return name;
}

} // namespace

file_content parse_file(const std::string& name, const std::string& text) {
  file_content result;
  outline{name, text, result}.read();
  if (text.find(first_line) != std::string::npos && text.find(last_line) == std::string::npos)
    result.faults.push_back(name + ": the line \"" + std::string{last_line}
                            + "\" is missing; is the file cut off?");
  std::istringstream in{text};
  if (auto values = caf::actor_system_config::parse_config(in))
    result.values = std::move(*values);
  else
    result.faults.push_back(name + ": " + words_of(values.error())
                            + "; expected are lines like: poll-interval = 15s");
  return result;
}

} // namespace neurocards::config
