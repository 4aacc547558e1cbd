#include "node/cli/verbs.hpp"

#include "db/import.hpp"
#include "domain/old_job.hpp"
#include "domain/screens.hpp"
#include "node/cli/old_env.hpp"
#include "node/cli/old_photos.hpp"
#include "node/cli/operator_database.hpp"
#include "node/cli/table_text.hpp"
#include "node/config/secrets.hpp"
#include "node/folders.hpp"
#include "node/operators.hpp"

#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

/// The verb that takes over an installation of the superseded bot.
namespace neurocards::verbs {

namespace {

/// A column as text: absent and NULL are empty, JSON in a string is its text.
std::string text_in(const nlohmann::json& row, const char* column) {
  const auto found = row.find(column);
  if (found == row.end() || found->is_null())
    return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string first_of(const std::string& one, const std::string& other) {
  return one.empty() ? other : one;
}

old_bot::order_words words_of(const nlohmann::json& row) {
  return old_bot::understood(
    {.product_name = text_in(row, "product_name"),
     .product_text = first_of(text_in(row, "product_text"), text_in(row, "product_info")),
     .extra_wishes = text_in(row, "extra_wishes"),
     .template_id = text_in(row, "template_id"),
     .details = text_in(row, "error_details"),
     .photo = first_of(text_in(row, "product_image_url"), text_in(row, "input_photo_path"))});
}

nlohmann::json or_null(const std::string& text) {
  return text.empty() ? nlohmann::json{} : nlohmann::json(text);
}

/// Puts what was understood of a job where sql/import/read.sql finds it.
void add_words(db::old_row& job, const old_bot::order_words& words, const old_photos& photos) {
  const nlohmann::json moved = {
    {"name", or_null(flow::short_name(words.product_text))},
    {"text", or_null(words.product_text)},
    {"script", words.script},
    {"wishes", or_null(words.wishes)},
    {"template", to_string(words.chosen_template)},
    {"photo", photos.usable.contains(words.photo) ? or_null(words.photo) : nlohmann::json{}}};
  job.moved = moved.dump();
}

std::string variable(const config::variables& from, const char* name) {
  const auto found = from.find(name);
  return found == from.end() ? std::string{} : found->second;
}

/// Where the photos are; empty: the operator says that there are none.
std::string old_folder(const invocation& in, const config::variables& from) {
  const auto folder = variable(from, "OLD_STORAGE");
  if (folder.empty() == in.flags.contains("--without-photos"))
    return folder;
  throw wrong_usage{
    folder.empty() ? "OLD_STORAGE: missing; set it to the folder that has the old bot's inputs/, "
                     "or say --without-photos: then jobs that wait are given back"
                   : "OLD_STORAGE is set, and --without-photos says that there is none"};
}

/// Leaves `to` as it is where the operator says nothing.
void read_open_limit(const invocation& in, std::chrono::milliseconds& to) {
  const auto given = in.values.find("--open-limit");
  if (given == in.values.end())
    return;
  if (const auto fault = operators::read_length(given->second, to); !fault.empty())
    throw wrong_usage{"--open-limit: " + fault};
}

void print_photos(const old_photos& photos) {
  std::cout << "photos: " << photos.usable.size() << " found, " << photos.copied << " copied, "
            << photos.missing.size() << " missing, " << photos.refused.size() << " refused\n";
  for (const auto& x : photos.missing)
    std::cout << "photo is missing: " << x << '\n';
  for (const auto& x : photos.refused)
    std::cout << "photo has no usable name: " << x << '\n';
}

std::string number_in(const nlohmann::json& count, const char* name) {
  return count[name].is_null() ? "" : count[name].dump();
}

void print_report(const nlohmann::json& report) {
  std::vector<std::vector<std::string>> counts{{"", "BEFORE", "AFTER"}};
  for (const auto& x : report.at("counts"))
    counts.push_back({x["matter"], number_in(x, "before"), number_in(x, "after")});
  std::vector<std::vector<std::string>> odd{{"ODD CASE", "SUBJECT", "DONE"}};
  for (const auto& x : report.at("odd_cases"))
    odd.push_back({x["matter"], x["subject"], x["action"]});
  std::cout << table_text(counts, "") << '\n' << table_text(odd, "No odd cases.");
}

/// What an earlier run has done stays done.
bool was_done(operator_database& db) {
  const auto earlier = db::last_import(db.connection());
  if (!earlier)
    return false;
  print_report(*earlier);
  std::cout << "Imported " << earlier->at("imported_at").get<std::string>().substr(0, 19)
            << ": nothing is left to do.\n";
  return true;
}

int perform(const invocation& in, const config::variables& from, operator_database& db) {
  const auto& settings = in.config.settings;
  const bool is_dry = in.flags.contains("--dry-run");
  const auto folder = old_folder(in, from);
  db::import_order order{db::read_old_database(variable(from, "OLD_DATABASE_URL")),
                         settings.kie.models.front().slug, !is_dry};
  read_open_limit(in, order.open_limit);
  std::vector<std::pair<db::old_row*, old_bot::order_words>> jobs;
  std::set<std::string> keys;
  for (auto& row : order.rows)
    if (row.source == "jobs")
      if (const auto& key =
            jobs.emplace_back(&row, words_of(nlohmann::json::parse(row.content))).second.photo;
          !key.empty())
        keys.insert(key);
  const auto photos = folder.empty() ? old_photos{} : take_photos(keys, folder, settings, !is_dry);
  for (auto& [row, words] : jobs)
    add_words(*row, words, photos);
  const auto report = db::import_rows(db.connection(), folders::sql(), order);
  print_report(report);
  print_photos(photos);
  std::cout << (is_dry ? "Nothing was written: this was a dry run.\n" : "Imported.\n");
  return 0;
}

} // namespace

int import_bot(const invocation& in) {
  const auto from = config::variables_from_disk();
  if (variable(from, "OLD_DATABASE_URL").empty())
    throw wrong_usage{"OLD_DATABASE_URL: missing; set it in the environment or in .env to the "
                      "address of the old bot's database"};
  operator_database db{in.config.settings, operator_database::schema::ours};
  try {
    return was_done(db) ? 0 : perform(in, from, db);
  } catch (const db::import_refused& err) {
    std::cerr << err.what() << '\n';
    return 1;
  }
}

int import_env(const invocation& in) {
  std::ifstream file{in.words[0]};
  std::ostringstream text;
  text << file.rdbuf();
  if (!file)
    throw wrong_usage{"\"" + in.words[0] + "\" cannot be read; name the old bot's .env"};
  const auto old = config::parse_dot_env(text.str());
  std::cout << translated_env(old.values);
  for (const auto& fault : old.faults)
    std::cout << "# left out: " << fault << '\n';
  return 0;
}

} // namespace neurocards::verbs
