#include "node/config/value.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <sstream>

namespace neurocards::config {

// Fields of list entries: not among the types of whole keys.
static fault_text read(const caf::config_value&, std::vector<std::string>&);
static fault_text read(const caf::config_value&, uint16_t&);
static fault_text read(const caf::config_value&, std::map<std::string, std::string>&);
static std::string show(const std::map<std::string, std::string>&);

namespace {

template <class E>
struct word {
  E value;
  std::string_view text;
};

constexpr std::array modes{word<telegram_mode>{telegram_mode::polling, "polling"},
                           word<telegram_mode>{telegram_mode::webhook, "webhook"}};
constexpr std::array storages{word<storage_kind>{storage_kind::local, "local"},
                              word<storage_kind>{storage_kind::s3, "s3"}};
constexpr std::array levels{
  word<log::level>{log::level::trace, "trace"}, word<log::level>{log::level::debug, "debug"},
  word<log::level>{log::level::info, "info"}, word<log::level>{log::level::warn, "warn"},
  word<log::level>{log::level::error, "error"}};

std::string shown(const caf::config_value& x) {
  return quote(caf::to_string(x));
}

template <class Words, class E>
fault_text read_word(const caf::config_value& x, const Words& words, E& out) {
  std::vector<std::string> allowed;
  for (const auto& w : words) {
    if (caf::to_string(x) == w.text) {
      out = w.value;
      return {};
    }
    allowed.emplace_back(w.text);
  }
  std::string list;
  for (const auto& w : allowed)
    list += (list.empty() ? "" : ", ") + w;
  return shown(x) + " is unknown; allowed: " + list + suggestion(caf::to_string(x), allowed);
}

template <class Words, class E>
std::string show_word(const Words& words, E x) {
  for (const auto& w : words)
    if (w.value == x)
      return show(std::string{w.text});
  return {};
}

/// Reads the fields of one `{ … }` of a list and notices those that nobody asked for.
class entry_reader {
public:
  explicit entry_reader(const caf::config_value& x)
    : fields_(caf::get_if<caf::config_value::dictionary>(&x)) {
    if (fields_ == nullptr)
      faults_.push_back(": " + shown(x) + " is no entry; write { name = value, … }");
  }

  template <class T>
  entry_reader& field(const std::string& name, T& out) {
    known_.push_back(name);
    if (fields_ == nullptr)
      return *this;
    if (const auto found = fields_->find(name); found != fields_->end())
      if (auto why = read(found->second, out); !why.empty())
        faults_.push_back("." + name + ": " + why);
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
    return shown(x) + " is no list; write [ { … }, { … } ]";
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

static fault_text read(const caf::config_value& x, std::vector<std::string>& out) {
  const auto* items = caf::get_if<caf::config_value::list>(&x);
  if (items == nullptr)
    return shown(x) + " is no list; write [\"…\", \"…\"]";
  out.clear();
  for (const auto& item : *items)
    if (auto why = read(item, out.emplace_back()); !why.empty())
      return why;
  return {};
}

static fault_text read(const caf::config_value& x, uint16_t& out) {
  int wide = 0;
  if (auto why = read(x, wide); !why.empty())
    return why;
  if (wide < 0 || wide > std::numeric_limits<uint16_t>::max())
    return shown(x) + " is no port; allowed: 0 to 65535";
  out = static_cast<uint16_t>(wide);
  return {};
}

/// Further fields of a model's input: kept as JSON text.
static fault_text read(const caf::config_value& x, std::map<std::string, std::string>& out) {
  const auto* fields = caf::get_if<caf::config_value::dictionary>(&x);
  if (fields == nullptr)
    return shown(x) + " is no dictionary; write { field = value }";
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

fault_text read(const caf::config_value& x, duration& out) {
  constexpr auto examples = "write 15s, 2min or 500ms";
  caf::config_value value = x;
  if (const auto* text = caf::get_if<std::string>(&x))
    value = from_text(*text);
  if (const auto* span = caf::get_if<caf::timespan>(&value)) {
    out = *span;
    return {};
  }
  if (caf::holds_alternative<int64_t>(value) || caf::holds_alternative<double>(value))
    return shown(x) + " has no unit; " + examples;
  return shown(x) + " is no duration; " + examples;
}

fault_text read(const caf::config_value& x, std::optional<duration>& out) {
  if (caf::to_string(x) == "auto") {
    out.reset();
    return {};
  }
  duration length{0};
  auto why = read(x, length);
  if (why.empty())
    out = length;
  return why;
}

fault_text read(const caf::config_value& x, int& out) {
  const auto* number = caf::get_if<int64_t>(&x);
  if (number == nullptr)
    return shown(x) + " is no whole number; write digits only";
  if (*number < std::numeric_limits<int>::min() || *number > std::numeric_limits<int>::max())
    return shown(x) + " is out of range";
  out = static_cast<int>(*number);
  return {};
}

fault_text read(const caf::config_value& x, double& out) {
  if (const auto* whole = caf::get_if<int64_t>(&x))
    out = static_cast<double>(*whole);
  else if (const auto* real = caf::get_if<double>(&x))
    out = *real;
  else
    return shown(x) + " is no number; write 30 or 0.5";
  return {};
}

fault_text read(const caf::config_value& x, bool& out) {
  const auto* value = caf::get_if<bool>(&x);
  if (value == nullptr)
    return shown(x) + " is neither; allowed: true, false";
  out = *value;
  return {};
}

fault_text read(const caf::config_value& x, std::string& out) {
  const auto* text = caf::get_if<std::string>(&x);
  if (text == nullptr)
    return shown(x) + " is no text; write it in double quotes";
  out = *text;
  return {};
}

fault_text read(const caf::config_value& x, telegram_mode& out) {
  return read_word(x, modes, out);
}

fault_text read(const caf::config_value& x, storage_kind& out) {
  return read_word(x, storages, out);
}

fault_text read(const caf::config_value& x, log::level& out) {
  return read_word(x, levels, out);
}

fault_text read(const caf::config_value& x, std::vector<node>& out) {
  return read_list(x, out, [](entry_reader& in, node& n) {
    in.field("name", n.name).field("host", n.host).field("port", n.port);
    in.field("roles", n.roles).field("concurrency", n.concurrency);
  });
}

fault_text read(const caf::config_value& x, std::vector<model>& out) {
  return read_list(x, out, [](entry_reader& in, model& m) {
    in.field("slug", m.slug).field("name", m.name).field("image-field", m.image_field);
    in.field("image-list", m.image_list).field("duration-field", m.duration_field);
    in.field("duration", m.duration).field("duration-text", m.duration_text);
    in.field("input", m.input).field("prompt-limit", m.prompt_limit).field("price", m.price);
    in.field("photo-formats", m.photo_formats).field("photo-min-side", m.photo_min_side);
    in.field("photo-max-side", m.photo_max_side).field("photo-max-ratio", m.photo_max_ratio);
  });
}

fault_text read(const caf::config_value& x, std::vector<pack>& out) {
  return read_list(x, out, [](entry_reader& in, pack& p) {
    in.field("credits", p.credits).field("stars", p.stars);
  });
}

std::string show(duration x) {
  struct unit {
    duration length;
    duration from; // shorter ones read better in the next unit: 180s, not 3min
    const char* name;
  };
  constexpr std::array<unit, 5> units{
    {{1h, 1h, "h"}, {1min, 10min, "min"}, {1s, 1s, "s"}, {1ms, 1ms, "ms"}, {1us, 1us, "us"}}};
  if (x == duration::zero())
    return "0s";
  for (const auto& u : units)
    if (x >= u.from && x % u.length == duration::zero())
      return std::to_string(x / u.length) + u.name;
  return std::to_string(x.count()) + "ns";
}

std::string show(const std::optional<duration>& x) {
  return x ? show(*x) : show(std::string{"auto"});
}

std::string show(int x) {
  return std::to_string(x);
}

std::string show(double x) {
  std::ostringstream out;
  out << x;
  return out.str();
}

std::string show(bool x) {
  return x ? "true" : "false";
}

std::string show(const std::string& x) {
  std::string result = "\"";
  for (const char c : x) {
    if (c == '"' || c == '\\')
      result += '\\';
    if (c == '\n')
      result += "\\n";
    else
      result += c;
  }
  return result + '"';
}

std::string show(telegram_mode x) {
  return show_word(modes, x);
}

std::string show(storage_kind x) {
  return show_word(storages, x);
}

std::string show(log::level x) {
  return show_word(levels, x);
}

static std::string show_words(const std::vector<std::string>& words) {
  std::string result;
  for (const auto& x : words)
    result += (result.empty() ? "" : ", ") + show(x);
  return "[" + result + "]";
}

std::string show(const std::vector<node>& x) {
  return show_list(x, [](const node& n) {
    return "name = " + show(n.name) + ", host = " + show(n.host)
           + ", port = " + show(static_cast<int>(n.port)) + ", concurrency = " + show(n.concurrency)
           + ",\n    roles = " + show_words(n.roles);
  });
}

std::string show(const std::vector<model>& x) {
  return show_list(x, [](const model& m) {
    return "slug = " + show(m.slug) + ", name = " + show(m.name)
           + ",\n    image-field = " + show(m.image_field) + ", image-list = " + show(m.image_list)
           + ",\n    duration-field = " + show(m.duration_field)
           + ", duration = " + show(m.duration) + ", duration-text = " + show(m.duration_text)
           + ",\n    input = " + show(m.input) + ",\n    prompt-limit = " + show(m.prompt_limit)
           + ", price = " + show(m.price) + ",\n    photo-formats = " + show_words(m.photo_formats)
           + ", photo-min-side = " + show(m.photo_min_side) + ", photo-max-side = "
           + show(m.photo_max_side) + ", photo-max-ratio = " + show(m.photo_max_ratio);
  });
}

std::string show(const std::vector<pack>& x) {
  return show_list(
    x, [](const pack& p) { return "credits = " + show(p.credits) + ", stars = " + show(p.stars); });
}

std::string quote(std::string_view text) {
  constexpr size_t limit = 60;
  std::string result = "\"";
  for (const char c : text.substr(0, limit))
    result += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  return result + (text.size() > limit ? "…\"" : "\"");
}

caf::config_value from_text(const std::string& text) {
  if (auto value = caf::config_value::parse(text); value && *value)
    return std::move(*value);
  return caf::config_value{text};
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const auto distance = [](std::string_view a, std::string_view b) {
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 1; i <= a.size(); ++i) {
      size_t diagonal = std::exchange(row[0], i);
      for (size_t j = 1; j <= b.size(); ++j) {
        const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
        diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
      }
    }
    return row.back();
  };
  std::string result;
  size_t best = word.size() / 3 + 1; // a third of the letters wrong is another word
  for (const auto& x : candidates)
    if (const size_t d = distance(word, x); d < best || (d == best && result.empty() && d <= 1)) {
      best = d;
      result = x;
    }
  return result;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const auto near = nearest(word, candidates);
  return near.empty() ? "" : " (did you mean \"" + near + "\"?)";
}

} // namespace neurocards::config
