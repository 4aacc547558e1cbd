#include "node/config/entries.hpp"

#include "node/config/spelling.hpp"
#include "node/config/value.hpp"

#include <algorithm>
#include <limits>

namespace neurocards::config {

// Fields of list entries: not among the types of whole keys.
static fault_text read(const caf::config_value&, uint16_t&);
static fault_text read(const caf::config_value&, std::vector<node_role>&);
static fault_text read(const caf::config_value&, std::map<std::string, std::string>&);
static std::string show(const std::map<std::string, std::string>&);
static std::string show(const std::vector<node_role>&);

namespace {

/// Reads the fields of one `{ … }` of a list and finds those that nobody asked for.
class entry_reader {
public:
  explicit entry_reader(const caf::config_value& x)
    : fields_(caf::get_if<caf::config_value::dictionary>(&x)) {
    if (fields_ == nullptr)
      faults_.push_back(": " + quote(caf::to_string(x))
                        + " is no entry; write { name = value, … }");
  }

  template <class T>
  entry_reader& field(const std::string& name, T& out) {
    known_.push_back(name);
    if (fields_ == nullptr)
      return *this;
    if (const auto found = fields_->find(name); found != fields_->end())
      if (auto reason = read(found->second, out); !reason.empty())
        faults_.push_back("." + name + ": " + reason);
    return *this;
  }

  /// One line per fault, each beginning with `where`.
  std::string faults(const std::string& where) {
    if (fields_ != nullptr)
      for (const auto& [name, value] : *fields_)
        if (std::find(known_.begin(), known_.end(), name) == known_.end())
          faults_.push_back("." + name + ": unknown field" + suggestion(name, known_));
    std::string result;
    for (const auto& x : faults_)
      result += (result.empty() ? "" : "\n") + where + x;
    return result;
  }

private:
  const caf::config_value::dictionary* fields_;
  std::vector<std::string> known_;
  std::vector<std::string> faults_;
};

void add_line(std::string& lines, const std::string& line) {
  if (!line.empty())
    lines += (lines.empty() ? "" : "\n") + line;
}

template <class T, class ReadEntry>
fault_text read_list(const caf::config_value& x, std::vector<T>& out, ReadEntry read_entry) {
  const auto* items = caf::get_if<caf::config_value::list>(&x);
  if (items == nullptr)
    return quote(caf::to_string(x)) + " is no list; write [ { … }, { … } ]";
  std::vector<T> result;
  std::string faults;
  for (const auto& item : *items) {
    entry_reader reader{item};
    result.emplace_back();
    read_entry(reader, result.back());
    add_line(faults, reader.faults("[" + std::to_string(result.size() - 1) + "]"));
  }
  if (faults.empty())
    out = std::move(result);
  return faults;
}

template <class T, class ShowEntry>
std::string show_list(const std::vector<T>& list, ShowEntry show_entry) {
  std::string result = "[";
  for (const auto& x : list)
    result += "\n  { " + show_entry(x) + " },";
  return result + (list.empty() ? "]" : "\n]");
}

} // namespace

fault_text read(const caf::config_value& x, std::vector<std::string>& out) {
  const auto* items = caf::get_if<caf::config_value::list>(&x);
  if (items == nullptr)
    return quote(caf::to_string(x)) + " is no list; write [\"…\", \"…\"]";
  out.clear();
  for (const auto& item : *items)
    if (auto reason = read(item, out.emplace_back()); !reason.empty())
      return reason;
  return {};
}

fault_text read(const caf::config_value& x, std::vector<int64_t>& out) {
  const auto* items = caf::get_if<caf::config_value::list>(&x);
  if (items == nullptr)
    return quote(caf::to_string(x)) + " is no list; write [123, -456]";
  out.clear();
  for (const auto& item : *items) {
    const auto* number = caf::get_if<int64_t>(&item);
    if (number == nullptr)
      return quote(caf::to_string(item)) + " is no whole number; write digits only";
    out.push_back(*number);
  }
  return {};
}

static fault_text read(const caf::config_value& x, uint16_t& out) {
  int wide = 0;
  if (auto reason = read(x, wide); !reason.empty())
    return reason;
  if (wide < 0 || wide > std::numeric_limits<uint16_t>::max())
    return quote(caf::to_string(x)) + " is no port; allowed: 0 to 65535";
  out = static_cast<uint16_t>(wide);
  return {};
}

static fault_text read(const caf::config_value& x, std::vector<node_role>& out) {
  std::vector<std::string> words;
  if (auto reason = read(x, words); !reason.empty())
    return reason;
  out.clear();
  for (const auto& word : words) {
    const auto role = parse_node_role(word);
    if (!role)
      return quote(word) + " is unknown; allowed: " + all_words(placed_roles)
             + suggestion(word, words_of(placed_roles));
    if (std::find(out.begin(), out.end(), *role) != out.end())
      return quote(word) + " stands twice";
    out.push_back(*role);
  }
  return {};
}

/// Further fields of a model's input: kept as JSON text.
static fault_text read(const caf::config_value& x, std::map<std::string, std::string>& out) {
  const auto* fields = caf::get_if<caf::config_value::dictionary>(&x);
  if (fields == nullptr)
    return quote(caf::to_string(x)) + " is no dictionary; write { field = value }";
  out.clear();
  for (const auto& [name, value] : *fields) {
    if (const auto* text = caf::get_if<std::string>(&value))
      out[name] = show(*text);
    else if (caf::holds_alternative<int64_t>(value) || caf::holds_alternative<bool>(value)
             || caf::holds_alternative<double>(value))
      out[name] = caf::to_string(value);
    else
      return "field \"" + name + "\" is neither text, number nor true or false";
  }
  return {};
}

static std::string show(const std::map<std::string, std::string>& input) {
  std::string result;
  for (const auto& [name, json] : input)
    result += (result.empty() ? " " : ", ") + name + " = " + json;
  return "{" + result + (result.empty() ? "" : " ") + "}";
}

fault_text read(const caf::config_value& x, std::vector<node>& out) {
  return read_list(x, out, [](entry_reader& in, node& n) {
    in.field("name", n.name).field("host", n.host).field("port", n.port);
    in.field("roles", n.roles).field("concurrency", n.concurrency).field("http", n.http);
  });
}

fault_text read(const caf::config_value& x, std::vector<model>& out) {
  return read_list(x, out, [](entry_reader& in, model& m) {
    in.field("slug", m.slug).field("name", m.name).field("provider", m.provider);
    in.field("image-field", m.image_field);
    in.field("image-list", m.image_list).field("duration-field", m.duration_field);
    in.field("duration", m.duration).field("duration-text", m.duration_text);
    in.field("input", m.input).field("prompt-limit", m.prompt_limit).field("price", m.price);
    in.field("price-date", m.price_date);
    in.field("prompt-words", m.prompt_words).field("time-marks", m.time_marks);
    in.field("photo-formats", m.photo_formats).field("photo-min-side", m.photo_min_side);
    in.field("photo-max-side", m.photo_max_side).field("photo-max-ratio", m.photo_max_ratio);
    in.field("follows-photo", m.follows_photo).field("speech", m.speech);
  });
}

fault_text read(const caf::config_value& x, std::vector<pack>& out) {
  return read_list(x, out, [](entry_reader& in, pack& p) {
    in.field("credits", p.credits).field("stars", p.stars);
  });
}

std::string show(const std::vector<std::string>& words) {
  std::string result;
  for (const auto& x : words)
    result += (result.empty() ? "" : ", ") + show(x);
  return "[" + result + "]";
}

static std::string show(const std::vector<node_role>& roles) {
  std::vector<std::string> words;
  for (const auto role : roles)
    words.emplace_back(to_string(role));
  return show(words);
}

std::string show(const std::vector<int64_t>& x) {
  std::string result;
  for (const auto number : x)
    result += (result.empty() ? "" : ", ") + std::to_string(number);
  return "[" + result + "]";
}

std::string show(const std::vector<node>& x) {
  return show_list(x, [](const node& n) {
    return "name = " + show(n.name) + ", host = " + show(n.host)
           + ", port = " + show(static_cast<int>(n.port)) + ", concurrency = " + show(n.concurrency)
           + ",\n    http = " + show(n.http) + ", roles = " + show(n.roles);
  });
}

std::string show(const std::vector<model>& x) {
  return show_list(x, [](const model& m) {
    return "slug = " + show(m.slug) + ", name = " + show(m.name) + ", provider = "
           + show(m.provider) + ",\n    image-field = " + show(m.image_field) + ", image-list = "
           + show(m.image_list) + ",\n    duration-field = " + show(m.duration_field)
           + ", duration = " + show(m.duration) + ", duration-text = " + show(m.duration_text)
           + ",\n    input = " + show(m.input) + ",\n    prompt-limit = " + show(m.prompt_limit)
           + ", prompt-words = " + show(m.prompt_words) + ", time-marks = " + show(m.time_marks)
           + ",\n    price = " + show(m.price) + ", price-date = " + show(m.price_date)
           + ",\n    photo-formats = " + show(m.photo_formats) + ", photo-min-side = "
           + show(m.photo_min_side) + ", photo-max-side = " + show(m.photo_max_side)
           + ", photo-max-ratio = " + show(m.photo_max_ratio)
           + ",\n    follows-photo = " + show(m.follows_photo) + ", speech = " + show(m.speech);
  });
}

std::string show(const std::vector<pack>& x) {
  return show_list(
    x, [](const pack& p) { return "credits = " + show(p.credits) + ", stars = " + show(p.stars); });
}

} // namespace neurocards::config
