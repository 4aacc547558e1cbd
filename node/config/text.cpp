#include "node/config/text.hpp"

#include "node/config/file.hpp"
#include "node/config/keys.hpp"
#include "node/config/secrets.hpp"

#include <algorithm>

namespace neurocards::config {

namespace {

std::vector<std::string> parts_of(const std::string& name) {
  std::vector<std::string> result{""};
  for (const char c : name) {
    if (c == '.')
      result.emplace_back();
    else
      result.back() += c;
  }
  return result;
}

std::string indented(const std::string& text, size_t by) {
  std::string result;
  for (const char c : text) {
    result += c;
    if (c == '\n')
      result.append(by, ' ');
  }
  return result;
}

/// Opens and closes blocks so that the key after next fits in.
class block_writer {
public:
  void key(const config::key& k, const all& values) {
    auto path = parts_of(k.name);
    const auto last = path.back();
    path.pop_back();
    move_to(path);
    const std::string margin(2 * open_.size(), ' ');
    text_ += margin + "# " + k.doc + short_limit(k.allowed) + "\n";
    text_ += margin + last + " = " + indented(k.show(values), margin.size()) + "\n";
  }

  std::string finish() && {
    move_to({});
    return std::move(text_);
  }

private:
  /// Long limits stand in the documentation only.
  static std::string short_limit(const std::string& allowed) {
    return allowed.empty() || allowed.size() > 35 ? "" : " (" + allowed + ")";
  }

  void move_to(const std::vector<std::string>& path) {
    const auto [here, there] = std::mismatch(open_.begin(), open_.end(), path.begin(), path.end());
    const auto shared = static_cast<size_t>(here - open_.begin());
    while (open_.size() > shared) {
      open_.pop_back();
      text_ += std::string(2 * open_.size(), ' ') + "}\n";
    }
    while (open_.size() < path.size()) {
      const auto& name = path[open_.size()];
      text_ += (open_.empty() ? "\n" : "") + std::string(2 * open_.size(), ' ') + name + " {\n";
      open_.push_back(name);
    }
  }

  std::vector<std::string> open_;
  std::string text_;
};

/// A cell of a Markdown table.
std::string cell(std::string text) {
  std::string result;
  for (const char c : text)
    result += c == '|' ? "\\|" : std::string(1, c);
  return result;
}

bool is_list(const key& k) {
  return k.type == "list";
}

std::string effect_of(const key& k) {
  return std::string{k.when == effect::live ? "reload" : "restart"} + (k.per_host ? ", own" : "");
}

std::string table_of_keys() {
  const auto values = defaults();
  std::string result =
    "| key | type | default | allowed | takes effect | what it is |\n|---|---|---|---|---|---|\n";
  for (const auto& k : keys())
    result += "| `" + k.name + "` | " + k.type + " | "
              + (is_list(k) ? "see `cluster.conf`" : "`" + cell(k.show(values)) + "`") + " | "
              + cell(k.allowed) + " | " + effect_of(k) + " | " + cell(k.doc) + " |\n";
  return result;
}

std::string table_of_secrets() {
  std::string result = "| variable | what it is |\n|---|---|\n";
  for (const auto& x : secret_variables())
    result += "| `" + x.variable + "` | " + cell(x.doc) + " |\n";
  return result;
}

/// `text` with each {name} replaced.
std::string filled(std::string text, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values)
    for (size_t position; (position = text.find("{" + name + "}")) != std::string::npos;)
      text.replace(position, name.size() + 2, value);
  return text;
}

std::string blocks() {
  const auto values = defaults();
  block_writer out;
  for (const auto& k : keys())
    out.key(k, values);
  return std::move(out).finish();
}

std::string about_reload() {
  return R"(## Reload

`neurocards reload` makes every node read its `cluster.conf` again (SIGHUP: that node, and all others if its
coordinator leads). Keys with `reload` below take effect then, for all that begins afterwards: an attempt of a job
or an update in hand ends as it began. Keys with `restart`, and secrets, wait for the node's restart. A file with
faults changes nothing. The answer of `neurocards reload`, `config` in `neurocards status --json` and the log line
`config.reloaded` tell the keys that have changed, those that wait, and all faults.

The file should be the same on all hosts, but for keys with `own`: nodes tell a digest of it, and `status`, `check`
and the dashboard name those who have another. Options of the command line count as part of it.
)";
}

std::string variables_of_keys() {
  std::string result;
  for (const auto& x : key_variables())
    result.append(result.empty() ? "`" : ", `").append(x.variable).append("`");
  return result;
}

} // namespace

std::string shipped_file() {
  return filled(
    R"({first}
# Settings of Neurocards: a complete set-up for one machine. Every key stands here with its default;
# what is left out of a file keeps it. On the command line: --group.key=value. Secrets do not belong
# here: they come from the environment or .env (.env.example).
{blocks}
# Settings of the actor framework itself (CAF 0.18.7, caf.*) may follow in a block of that name.
{last}
)",
    {{"first", std::string{first_line}}, {"blocks", blocks()}, {"last", std::string{last_line}}});
}

std::string documentation() {
  return filled(R"(# Configuration

One file, `cluster.conf`, serves all hosts; `--node=NAME` says which entry of `cluster.nodes` a
process is. `./cluster.conf` is read if it exists, or the file that `--config-file=FILE` names. The
command line (`--group.key=value`) goes above the environment, the environment above the file, the
file above the defaults. Everything is checked before anything is touched: all faults are printed at
once, one line each, and the program ends with code 2.

The file is written in blocks, `kie { poll-interval = 15s }`; a key with a dot is a fault, because
it would be lost. Durations carry their unit: `500ms`, `15s`, `30min`, `24h`. `#` begins a comment.
When a file holds the line `{first}`, it must also hold `{last}`: so a file that was cut off is
noticed. `db.heartbeat` is never slower than a third of `db.lease`, nor `kie.backoff-initial` longer
than `kie.backoff-max`, whatever they say.

A block `caf { … }` is handed to the actor framework (CAF 0.18.7), for instance
`caf { middleman { heartbeat-interval = 5s } }`. Its keys are checked as well.

{keys}
Fields of `cluster.nodes`: `name`, `host` and `port` (where other nodes reach it; port 0: it takes
part in no remoting), `roles` (`gateway`, `notifier`, `worker`, `coordinator`), `concurrency`, `http`
(this node's own `http.listen`, so that several can share a host; the command line goes above it).

Fields of `kie.models`: `slug`, `name` (what users read), `provider` (kie, runware), `image-field` and
`image-list` (how the photo is passed), `duration-field`, `duration` (seconds) and `duration-text`
(quoted or not; no field: the model has a fixed length), `input` (further fields as they are),
`prompt-limit` (characters), `prompt-words` (words, where the maker counts those; 0: no limit),
`time-marks` (false: marks like "0-3 s:" in a prompt become numbered shots), `price` (KIE credits a
video, US$ with another provider; 0: unknown) and `price-date` (the day on which that was seen,
`2026-08-26`; empty: unknown),
`photo-formats` (of `jpeg`, `png`, `webp`), `photo-min-side` and `photo-max-side` (pixels),
`photo-max-ratio` (longer side : shorter side), `follows-photo` (true: the film has the photo's shape
or its middle only, so the model is given the whole photo in a vertical frame), `speech` (languages
that its maker says its videos speak, `["en", "ru"]`; see `kie.speech`). A photo that no model
of the list takes is refused before anything is charged; a job goes only to
models that take its photo. What each of KIE's models takes: [kie_models.md](kie_models.md).

Fields of `credits.packs`: `credits`, `stars`.

`operators.chats`: users, or groups with the bot (`[123456789, -1001234567890]`). The bot answers with the id of a video, for `welcome.videos`, when one is sent to it in such a chat.

## Secrets

From the environment, or from `.env` in the working directory; the environment wins. They are
refused in `cluster.conf` and on the command line, where others could read them. `NAME_FILE` names a
file that holds the secret `NAME`. White space, a byte order mark, one pair of quotes and
`export NAME=` around a value are taken off; what then is no plain ASCII is refused by name.

{secrets}
The base addresses may come from there as well: {variables}. `ADMIN_IDS` (`123,456`) adds chats to
`operators.chats`.

This page is made from the program's table of keys; a test compares the two.
)",
                {{"first", std::string{first_line}},
                 {"last", std::string{last_line}},
                 {"keys", about_reload() + "\n## Keys\n\n" + table_of_keys()},
                 {"secrets", table_of_secrets()},
                 {"variables", variables_of_keys()}});
}

std::string shipped_dot_env() {
  std::string result =
    R"(# Secrets of Neurocards: copy to .env and fill in. Keep the file to yourself (chmod 600 .env); it is
# read from the working directory, and the environment goes above it.
)";
  for (const auto& x : secret_variables())
    result.append("\n# ").append(x.doc).append("\n").append(x.variable).append("=\n");
  result += "\n# base addresses, only for proxies and simulated services\n";
  for (const auto& x : key_variables())
    result.append("# ").append(x.variable).append("=\n");
  return result;
}

} // namespace neurocards::config
