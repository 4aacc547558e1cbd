#include "node/cli/command_line.hpp"

#include "node/config/spelling.hpp"
#include "node/config/value.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>

namespace neurocards::command_line {

namespace {

using config::need;

/// Of a verb that acts: it wants to know why.
constexpr std::string_view lever_flags = "--reason=TEXT --json";
constexpr std::string_view list_flags =
  "--status=STATUS --class=CLASS --signal=TEXT --model=SLUG --node=NAME --user=ID "
  "--filter=KEY=VALUE,... --before=ID --limit=COUNT --json";
constexpr std::string_view bulk_flags =
  "--filter=KEY=VALUE,... --signal=TEXT --dry-run --reason=TEXT --yes --json";
constexpr std::string_view pause_flags = "--for=DURATION --reason=TEXT --json";

constexpr std::array all_verbs{
  verb{"run", "", "--migrate", verbs::run_node,
       "run this node until SIGTERM; SIGHUP re-reads cluster.conf", need::services, true},
  verb{"migrate", "", "--json", verbs::migrate, "bring the database to this program's schema"},
  verb{"check", "", "--json", verbs::check,
       "check the settings and reach every service; a table of what works", need::services},
  verb{"status", "", "--json", verbs::status,
       "nodes, queue, keys, models, oldest job, what is paused"},
  verb{"actors", "", "--json", verbs::actors,
       "kinds of actors on all nodes, their slowest messages, stalls", need::nothing},
  verb{"actors", "KIND", "--json", verbs::actors, "the actors of a kind that have most waiting",
       need::nothing},
  verb{"actors", "KIND ID", "--json", verbs::actors,
       "ask one actor how it is; --node=NAME when it lives on another node", need::nothing},
  verb{"queue list", "", "--json", verbs::queue_list, "the queue, and whether it is paused"},
  verb{"queue pause", "", pause_flags, verbs::queue_pause,
       "start no new job; what KIE makes already is finished"},
  verb{"queue resume", "", lever_flags, verbs::queue_resume, "start new jobs again"},
  verb{"models list", "", "--json", verbs::models_list,
       "the models, and which of them take new tasks"},
  verb{"models pause", "SLUG", pause_flags, verbs::models_pause, "give a model no new task"},
  verb{"models resume", "SLUG", lever_flags, verbs::models_resume, "use a paused model again"},
  verb{"keys list", "", "--json", verbs::keys_list,
       "the KIE keys by fingerprint, and which take new tasks"},
  verb{"keys pause", "FINGERPRINT", pause_flags, verbs::keys_pause,
       "create no new task with a key"},
  verb{"keys resume", "FINGERPRINT", lever_flags, verbs::keys_resume, "use a paused key again"},
  verb{"nodes list", "", "--json", verbs::nodes_list, "the nodes, and which of them are drained"},
  verb{"nodes drain", "NAME", "--for=DURATION --reason=TEXT --yes --json", verbs::nodes_drain,
       "take all work from a node, until undrain"},
  verb{"nodes undrain", "NAME", lever_flags, verbs::nodes_undrain, "let a node work again"},
  verb{"jobs list", "", list_flags, verbs::jobs_list, "the newest jobs, or those that fit"},
  verb{"jobs show", "ID", "--json", verbs::jobs_show, "all about a job, with its timeline"},
  verb{"jobs retry", "ID...", bulk_flags, verbs::jobs_retry,
       "run a waiting job now; restart one in processing with a new task"},
  verb{"jobs fail", "ID...", bulk_flags, verbs::jobs_fail,
       "fail a job that is not finished, give the credit back"},
  verb{"jobs cancel", "ID...", bulk_flags, verbs::jobs_cancel,
       "withdraw a job that waits and is not at KIE, give the credit back"},
  verb{"jobs resend", "ID...", "--reason=TEXT --yes --json", verbs::jobs_resend,
       "send the video of a completed job again"},
  verb{"users list", "", "--json", verbs::users_list, "the newest users"},
  verb{"users find", "TEXT", "--json", verbs::users_find,
       "users by ID, name, username, job or payment"},
  verb{"users forget", "ID", "--reason=TEXT --yes --json", verbs::users_forget,
       "erase a user's names, texts, photos and videos"},
  verb{"users show", "ID", "--json", verbs::users_show, "a user's balance, ledger and jobs"},
  verb{"users grant", "ID AMOUNT", lever_flags, verbs::users_grant, "give a user credits"},
  verb{"users ban", "ID", lever_flags, verbs::users_ban, "take no more orders from a user"},
  verb{"users unban", "ID", lever_flags, verbs::users_unban, "take orders from the user again"},
  verb{"broadcast create", "", "--text-file=FILE --paused --reason=TEXT --yes --json",
       verbs::broadcast_create, "send the news in a file to all users who want them"},
  verb{"broadcast list", "", "--json", verbs::broadcast_list, "the latest broadcasts"},
  verb{"broadcast pause", "ID", lever_flags, verbs::broadcast_pause,
       "write no further messages of a broadcast"},
  verb{"broadcast resume", "ID", lever_flags, verbs::broadcast_resume,
       "go on where a broadcast was paused"},
  verb{"broadcast cancel", "ID", lever_flags, verbs::broadcast_cancel, "end a broadcast"},
  verb{"payments list", "", "--user=ID --json", verbs::payments_list,
       "the newest payments, and which of them were refunded"},
  verb{"payments show", "CHARGE", "--json", verbs::payments_show,
       "a payment, its credits, and what operators did with it"},
  verb{"payments refund", "CHARGE", "--reason=TEXT --yes --json", verbs::payments_refund,
       "give the Stars of a payment back, take what is unspent of its credits", need::services},
  verb{"import", "", "--dry-run --open-limit=DURATION --without-photos", verbs::import_bot,
       "take over the installation of the old bot that OLD_DATABASE_URL names"},
  verb{"import env", "FILE", "", verbs::import_env,
       "what the old bot's .env means here; prints no secret", need::nothing},
  verb{"audit", "", "--json", verbs::audit, "prove the five promises on the running database"},
  verb{"reconcile", "", "--keep-jobs --reason=TEXT --yes --json", verbs::reconcile,
       "after a restore: bring purchases back from Telegram's list", need::services},
  verb{"reload", "", "--json", verbs::reload,
       "make every node read its cluster.conf again, and tell what that changed"},
};

size_t word_count(std::string_view words) {
  return words.empty() ? 0 : static_cast<size_t>(std::ranges::count(words, ' ')) + 1;
}

/// Whether a verb wants its last word at least once.
bool repeats(std::string_view words) {
  return words.ends_with("...");
}

std::string wanted_words(std::string_view words, bool filters) {
  if (filters)
    return "takes no words beside a filter";
  if (words.empty())
    return "takes no words";
  return (repeats(words) ? "takes at least " : "takes exactly ")
         + std::string{words.substr(0, words.find("..."))};
}

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream words{std::string{text}};
  return {std::istream_iterator<std::string>{words}, {}};
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
    for (const auto& flag : about.empty() ? std::vector<std::string>{} : words_of(v.flags))
      line.append(" [").append(flag).append("]");
    if (const size_t width = about.empty() ? 30 : 46; line.size() + 2 > width)
      line.append("\n").append(width, ' ');
    else
      line.resize(width, ' ');
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

/// Whether the option stands for itself, or wants a value: `--reason=TEXT` or `--reason TEXT`.
bool takes_value(const std::string& option) {
  const auto is_declared = [&](const verb& v) {
    const auto flags = words_of(v.flags);
    return std::ranges::any_of(flags, [&](const auto& x) { return x.starts_with(option + "="); });
  };
  return option == "--node" || option == "--config-file"
         || std::ranges::any_of(table(), is_declared);
}

/// `--node NAME` → `--node=NAME`, the same for all that take a value.
std::vector<std::string> joined(const std::vector<std::string>& arguments) {
  std::vector<std::string> result;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const auto& x = arguments[i];
    if (takes_value(x) && i + 1 < arguments.size() && !is_option(arguments[i + 1]))
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

/// Puts an option where the verb finds it. Returns what is wrong with it, or nothing.
std::string sort_in(const std::string& option, call& into) {
  const auto name = option.substr(0, option.find('='));
  const bool has_value = name.size() < option.size();
  std::vector<std::string> allowed;
  for (const auto& flag : words_of(into.verb->flags)) {
    allowed.push_back(flag.substr(0, flag.find('=')));
    if (allowed.back() != name)
      continue;
    const bool wants_value = flag.size() > name.size();
    if (wants_value != has_value)
      return config::quote(option)
             + (wants_value ? " has no value; write " : " takes no value; write ") + flag;
    if (wants_value)
      into.values[name] = option.substr(name.size() + 1);
    else
      into.flags.insert(name);
    return {};
  }
  if (name.find('.') != std::string::npos || name == "--node" || name == "--config-file") {
    into.options.push_back(option);
    return {};
  }
  return config::quote(option) + " is no option" + config::suggestion(name, allowed);
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
  for (const auto& x : flags)
    if (auto fault = sort_in(x, result); !fault.empty())
      return wrong("neurocards " + name + ": " + fault);
  // A filter stands in the place of the IDs.
  const bool filters = result.values.contains("--filter") || result.values.contains("--signal");
  const auto wanted = filters ? 0 : word_count(words);
  const auto got = result.words.size();
  if (got < wanted || (got > wanted && (filters || !repeats(words))))
    return wrong("neurocards " + name + ": " + wanted_words(words, filters) + ", and got "
                 + std::to_string(got));
  return result;
}

std::string version() {
  return NEUROCARDS_VERSION;
}

} // namespace neurocards::command_line
