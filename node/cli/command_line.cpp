#include "node/cli/command_line.hpp"

#include "node/config/spelling.hpp"
#include "node/config/value.hpp"

#include <algorithm>
#include <array>

namespace neurocards::command_line {

namespace {

using config::need;

constexpr std::array all_verbs{
  verb{"run", "", "--migrate", verbs::run_node,
       "run this node until SIGTERM; SIGHUP re-reads cluster.conf", need::services, true},
  verb{"migrate", "", "", verbs::migrate, "bring the database to this program's schema"},
  verb{"check", "", "", verbs::check,
       "check the settings and reach every service; a table of what works", need::services},
  verb{"status", "", "--json", verbs::status, "nodes, queue, keys, models, oldest job"},
  verb{"actors", "", "--json", verbs::actors,
       "kinds of actors on all nodes, their slowest messages, stalls", need::nothing},
  verb{"actors", "KIND", "--json", verbs::actors, "the actors of a kind that have most waiting",
       need::nothing},
  verb{"actors", "KIND ID", "--json", verbs::actors,
       "ask one actor how it is; --node=NAME when it lives on another node", need::nothing},
  verb{"jobs list", "", "--json", verbs::jobs_list, "the newest jobs"},
  verb{"jobs show", "ID", "--json", verbs::jobs_show, "all about a job, with its timeline"},
  verb{"jobs retry", "ID", "", verbs::jobs_retry,
       "run a waiting job now; restart one in processing with a new task"},
  verb{"jobs fail", "ID", "", verbs::jobs_fail,
       "fail a job that is not finished, give the credit back"},
  verb{"jobs cancel", "ID", "", verbs::jobs_cancel,
       "withdraw a job that waits and is not at KIE, give the credit back"},
  verb{"jobs resend", "ID", "", verbs::jobs_resend, "send the video of a completed job again"},
  verb{"users show", "ID", "--json", verbs::users_show, "a user's balance, ledger and jobs"},
  verb{"users grant", "ID AMOUNT", "", verbs::users_grant, "give a user credits"},
  verb{"users ban", "ID", "", verbs::users_ban, "take no more orders from a user"},
  verb{"users unban", "ID", "", verbs::users_unban, "take orders from the user again"},
  verb{"audit", "", "--json", verbs::audit, "prove the five promises on the running database"},
  verb{"reload", "", "", verbs::reload, "make the coordinator re-read cluster.conf"},
};

size_t word_count(std::string_view words) {
  return words.empty() ? 0 : static_cast<size_t>(std::ranges::count(words, ' ')) + 1;
}

/// Help for everything, or for the verbs that begin with `about`.
std::string help(const std::string& about) {
  std::string result = about.empty() ? "usage: neurocards VERB [options]\n\n" : "usage:\n";
  for (const auto& v : table()) {
    if (v.name.rfind(about, 0) != 0)
      continue;
    std::string line = about.empty() ? "  " : "  neurocards ";
    line += v.name;
    if (!v.words.empty())
      line.append(" ").append(v.words);
    if (!v.flag.empty())
      line.append(" [").append(v.flag).append("]");
    line.resize(std::max<size_t>(line.size() + 2, about.empty() ? 30 : 46), ' ');
    result.append(line).append(v.summary).append("\n");
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

/// Takes the verb's name, one or two words, off the front of `words`. Of several of that name the
/// one that takes the rest; if none does, the last. Null: there is none.
const verb* take_verb(std::vector<std::string>& words) {
  for (const size_t count : {size_t{2}, size_t{1}}) {
    if (words.size() < count)
      continue;
    const auto name = count == 2 ? words[0] + " " + words[1] : words[0];
    const verb* result = nullptr;
    for (const auto& v : table())
      if (v.name == name && (!result || word_count(result->words) != words.size() - count))
        result = &v;
    if (result) {
      words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count));
      return result;
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
    names.emplace_back(v.name);
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

std::span<const verb> table() {
  return all_verbs;
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
  const std::string name{result.verb->name};
  const std::string words{result.verb->words};
  if (result.words.size() != word_count(result.verb->words))
    return wrong("neurocards " + name + ": "
                 + (words.empty() ? "takes no words" : "takes exactly " + words) + ", and got "
                 + std::to_string(result.words.size()));
  for (const auto& x : flags) {
    if (x == result.verb->flag)
      result.flags.insert(x);
    else if (x.find_first_of("=.") == std::string::npos && x != "--node" && x != "--config-file")
      return wrong("neurocards " + name + ": " + config::quote(x) + " is no option"
                   + config::suggestion(x, {std::string{result.verb->flag}}));
    else
      result.options.push_back(x);
  }
  return result;
}

std::string version() {
  return NEUROCARDS_VERSION;
}

} // namespace neurocards::command_line
