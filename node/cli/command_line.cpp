#include "node/cli/command_line.hpp"

#include "node/config/spelling.hpp"
#include "node/config/value.hpp"

#include <algorithm>

namespace neurocards::command_line {

namespace {

using config::need;

/// Help for everything, or for the verbs that begin with `about`.
std::string help(const std::string& about) {
  std::string result = about.empty() ? "usage: neurocards VERB [options]\n\n" : "usage:\n";
  for (const auto& v : table()) {
    if (v.name.rfind(about, 0) != 0)
      continue;
    std::string line = about.empty() ? "  " : "  neurocards ";
    line += v.name + (v.words.empty() ? "" : " " + v.words);
    for (const auto& flag : v.flags)
      line += " [" + flag + "]";
    line.resize(std::max<size_t>(line.size() + 2, about.empty() ? 30 : 46), ' ');
    result += line + v.summary + "\n";
  }
  return result + R"(
options of every verb:
  --config-file=FILE   settings; default ./cluster.conf, if there is one
  --group.key=value    one setting, over the file (docs/configuration.md)
  --node=NAME          which entry of cluster.nodes this is; needed when there are several
  --help, --version

Secrets come from the environment or ./.env (.env.example). Exit codes: 0 done, 1 failed while
running, 2 wrong usage or settings.
)";
}

bool is_option(const std::string& x) {
  return x.size() > 1 && x[0] == '-' && !std::isdigit(static_cast<unsigned char>(x[1]));
}

/// `--node NAME` → `--node=NAME`, the same for --config-file.
std::vector<std::string> joined(const std::vector<std::string>& arguments) {
  std::vector<std::string> result;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const auto& x = arguments[i];
    const bool takes_next = x == "--node" || x == "--config-file";
    if (takes_next && i + 1 < arguments.size() && !is_option(arguments[i + 1]))
      result.push_back(x + "=" + arguments[++i]);
    else
      result.push_back(x);
  }
  return result;
}

/// Takes the verb's name, one or two words, off the front of `words`. Null: there is none.
const verb* take_verb(std::vector<std::string>& words) {
  for (const size_t count : {size_t{2}, size_t{1}}) {
    if (words.size() < count)
      continue;
    const auto name = count == 2 ? words[0] + " " + words[1] : words[0];
    for (const auto& v : table()) {
      if (v.name != name)
        continue;
      words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count));
      return &v;
    }
  }
  return nullptr;
}

call wrong(std::string text) {
  call result;
  result.wrong = std::move(text);
  return result;
}

call answer(std::string text) {
  call result;
  result.answer = std::move(text);
  return result;
}

call unknown_verb(const std::vector<std::string>& words) {
  if (words.empty())
    return wrong("neurocards: a verb is missing");
  std::vector<std::string> names;
  for (const auto& v : table())
    names.push_back(v.name);
  const auto given = words[0] + (words.size() > 1 ? " " + words[1] : "");
  const bool is_group = std::any_of(names.begin(), names.end(),
                                    [&](const auto& x) { return x.rfind(words[0] + " ", 0) == 0; });
  auto hint = config::suggestion(given, names);
  if (hint.empty())
    hint = config::suggestion(words[0], names);
  return wrong("neurocards: " + config::quote(is_group ? given : words[0]) + " is no verb" + hint);
}

std::string begins_of(const std::vector<std::string>& words) {
  for (const auto& v : table())
    if (!words.empty() && (v.name == words[0] || v.name.rfind(words[0] + " ", 0) == 0))
      return words[0];
  return {};
}

} // namespace

const std::vector<verb>& table() {
  static const std::vector<verb> verbs{
    {"run",
     "",
     0,
     {"--migrate"},
     "run this node until SIGTERM; SIGHUP re-reads cluster.conf",
     need::services,
     true,
     verbs::run_node},
    {"migrate",
     "",
     0,
     {},
     "bring the database to this program's schema",
     need::database,
     false,
     verbs::migrate},
    {"check",
     "",
     0,
     {},
     "check the settings and reach every service; a table of what works",
     need::services,
     false,
     verbs::check},
    {"status",
     "",
     0,
     {"--json"},
     "nodes, queue, keys, models, oldest job",
     need::database,
     false,
     verbs::status},
    {"jobs list", "", 0, {"--json"}, "the newest jobs", need::database, false, verbs::jobs_list},
    {"jobs show",
     "ID",
     1,
     {"--json"},
     "all about a job, with its timeline",
     need::database,
     false,
     verbs::jobs_show},
    {"jobs retry",
     "ID",
     1,
     {},
     "run a waiting job now; restart one in processing with a new task",
     need::database,
     false,
     verbs::jobs_retry},
    {"jobs fail",
     "ID",
     1,
     {},
     "fail a job that is not finished, give the credit back",
     need::database,
     false,
     verbs::jobs_fail},
    {"jobs cancel",
     "ID",
     1,
     {},
     "withdraw a job that waits and is not at KIE, give the credit back",
     need::database,
     false,
     verbs::jobs_cancel},
    {"jobs resend",
     "ID",
     1,
     {},
     "send the video of a completed job again",
     need::database,
     false,
     verbs::jobs_resend},
    {"users show",
     "ID",
     1,
     {"--json"},
     "a user's balance, ledger and jobs",
     need::database,
     false,
     verbs::users_show},
    {"users grant",
     "ID AMOUNT",
     2,
     {},
     "give a user credits",
     need::database,
     false,
     verbs::users_grant},
    {"users ban",
     "ID",
     1,
     {},
     "take no more orders from a user",
     need::database,
     false,
     verbs::users_ban},
    {"users unban",
     "ID",
     1,
     {},
     "take orders from the user again",
     need::database,
     false,
     verbs::users_unban},
    {"audit",
     "",
     0,
     {"--json"},
     "prove the five promises on the running database",
     need::database,
     false,
     verbs::audit},
    {"reload",
     "",
     0,
     {},
     "make the coordinator re-read cluster.conf",
     need::database,
     false,
     verbs::reload},
  };
  return verbs;
}

call parse(const std::vector<std::string>& arguments) {
  call result;
  bool wants_help = false;
  bool wants_version = false;
  std::vector<std::string> flags;
  for (const auto& x : joined(arguments)) {
    if (x == "--help" || x == "-h")
      wants_help = true;
    else if (x == "--version")
      wants_version = true;
    else if (!is_option(x))
      result.words.push_back(x);
    else
      flags.push_back(x);
  }
  if (wants_help || (result.words.size() == 1 && result.words[0] == "help"))
    return answer(help(begins_of(result.words)));
  if (wants_version)
    return answer("neurocards " + version() + "\n");
  result.verb = take_verb(result.words);
  if (result.verb == nullptr)
    return unknown_verb(result.words);
  if (result.words.size() != result.verb->word_count)
    return wrong(
      "neurocards " + result.verb->name + ": "
      + (result.verb->words.empty() ? "takes no words" : "takes exactly " + result.verb->words)
      + ", and got " + std::to_string(result.words.size()));
  for (const auto& x : flags) {
    const auto& own = result.verb->flags;
    if (std::find(own.begin(), own.end(), x) != own.end())
      result.flags.insert(x);
    else if (x.find_first_of("=.") == std::string::npos && x != "--node" && x != "--config-file")
      return wrong("neurocards " + result.verb->name + ": " + config::quote(x) + " is no option"
                   + config::suggestion(x, own));
    else
      result.options.push_back(x);
  }
  return result;
}

std::string version() {
  return NEUROCARDS_VERSION;
}

} // namespace neurocards::command_line
