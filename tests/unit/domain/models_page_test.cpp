#include "clients/runware.hpp"
#include "domain/markup.hpp"
#include "domain/models.hpp"
#include "tests/support/folders.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

using namespace neurocards;
using nlohmann::json;

namespace {

using row = std::vector<std::string>;

const std::string photo = "https://files.example/p/7f3c.jpg";

std::string trimmed(const std::string& x) {
  const auto first = x.find_first_not_of(' ');
  return first == std::string::npos ? "" : x.substr(first, x.find_last_not_of(' ') - first + 1);
}

row split(const std::string& text, char at) {
  row result;
  std::istringstream in{text};
  for (std::string part; std::getline(in, part, at);)
    result.push_back(trimmed(part));
  return result;
}

/// The rows of the table of docs/kie_models.md whose second column is `second`.
std::vector<row> table(const std::string& second) {
  std::ifstream in{test::in_source("docs/kie_models.md")};
  REQUIRE(in);
  std::vector<row> result;
  bool within = false;
  for (std::string line; std::getline(in, line);) {
    const auto cells = line.starts_with("|") ? split(line.substr(1), '|') : row{};
    if (cells.size() > 1 && cells[0] == "model")
      within = cells[1] == second;
    else if (within && cells.size() > 1 && !cells[0].starts_with("--"))
      result.push_back(cells);
  }
  return result;
}

struct range {
  double from = 0;
  double to = 0;
};

/// "4–15", with a dash between numbers.
std::optional<range> range_of(const std::string& text) {
  const std::string dash = "–";
  const auto middle = text.find(dash);
  if (middle == std::string::npos)
    return {};
  return range{std::stod(text.substr(0, middle)), std::stod(text.substr(middle + dash.size()))};
}

struct field {
  std::string type;
  bool required = false;
  std::string allowed;
};

bool has_type(const json& value, const std::string& type) {
  if (type == "list")
    return value.is_array() && value.size() == 1 && value[0].is_string();
  return type == "text"     ? value.is_string()
         : type == "number" ? value.is_number_integer()
                            : type == "flag" && value.is_boolean();
}

bool is_allowed(const json& value, const field& x) {
  const auto words = split(x.allowed, ',');
  const auto text = value.is_string() ? value.get<std::string>() : value.dump();
  if (x.allowed == "address")
    return value == photo || value == json::array({photo});
  if (const auto limits = range_of(x.allowed)) {
    const auto size =
      value.is_number() ? value.get<double>() : static_cast<double>(markup::length(text));
    return size >= limits->from && size <= limits->to;
  }
  return std::ranges::find(words, text) != words.end();
}

std::map<std::string, field> fields_of(const std::string& slug) {
  std::map<std::string, field> result;
  for (const auto& x : table("field"))
    if (x.at(0) == slug)
      result[x.at(1)] = {x.at(2), x.at(3) == "yes", x.at(4)};
  return result;
}

/// "8.2 × 15" or "210".
double price_of(const std::string& text) {
  const auto times = text.find("×");
  return times == std::string::npos ? std::stod(text)
                                    : std::stod(text.substr(0, times))
                                        * std::stod(text.substr(times + std::string{"×"}.size()));
}

models::catalogue models_of(const std::string& provider) {
  auto result = models::shipped();
  std::erase_if(result, [&](const auto& x) { return x.provider != provider; });
  return result;
}

/// A request's fields beside those that the page describes.
void compare(const std::map<std::string, json>& sent,
             const std::map<std::string, field>& described) {
  REQUIRE_FALSE(described.empty());
  for (const auto& [name, value] : sent) {
    CAPTURE(name);
    const auto found = described.find(name);
    REQUIRE(found != described.end());
    CHECK(has_type(value, found->second.type));
    CHECK_MESSAGE(is_allowed(value, found->second), value.dump().substr(0, 100));
  }
  for (const auto& [name, x] : described)
    CHECK_MESSAGE((!x.required || sent.contains(name)), name);
  for (const char* costly : {"duration", "n_frames", "resolution"}) // their defaults are not ours
    CHECK_MESSAGE(sent.contains(costly) == described.contains(costly), costly);
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/models_page");

TEST_CASE("model page: every request has the fields that KIE's pages describe, and no other") {
  for (const auto& model : models_of("kie")) {
    CAPTURE(model.slug);
    const auto body = json::parse(
      models::create_task_body(model, std::string(30'000, 'x'), photo, "https://bot.example/cb"));
    CHECK(body.at("model") == model.slug);
    compare(body.at("input").get<std::map<std::string, json>>(), fields_of(model.slug));
  }
}

TEST_CASE("model page: Runware's creations have the fields of its table, and no other") {
  REQUIRE_FALSE(models_of("runware").empty());
  for (const auto& model : models_of("runware")) {
    CAPTURE(model.slug);
    const auto body = json::parse(runware::creation_body(
      {model, std::string(30'000, 'x'), photo, "", "0b6c5f0e-3f43-4a57-9d0b-0f2a4c9d8e11"}));
    REQUIRE(body.size() == 1);
    const auto flat = body.at(0).flatten();
    std::map<std::string, json> sent;
    for (const auto& [path, value] : flat.items())
      sent[path.substr(1)] = value;
    compare(sent, fields_of(model.slug));
  }
}

TEST_CASE("model page: prices of Runware's models are those of its table") {
  const auto rows = table("price in US$");
  CHECK(rows.size() == models_of("runware").size());
  for (const auto& x : rows) {
    CAPTURE(x[0]);
    const auto* model = models::find(models::shipped(), x.at(0));
    REQUIRE(model);
    CHECK(model->price == doctest::Approx(price_of(x.at(1))));
    CHECK(model->price_date == x.at(2));
    CHECK(model->prompt_words == std::stoi(x.at(3)));
    CHECK(model->time_marks == (x.at(4) == "yes"));
    const auto prompt = range_of(fields_of(model->slug).at("positivePrompt").allowed);
    REQUIRE(prompt);
    CHECK(model->prompt_limit == std::min(10'000, static_cast<int>(prompt->to)));
  }
}

TEST_CASE("model page: limits and prices of the catalogue are those of the page") {
  const auto rows = table("formats");
  CHECK(rows.size() == models_of("kie").size());
  for (const auto& x : rows) {
    CAPTURE(x[0]);
    const auto* model = models::find(models::shipped(), x.at(0));
    REQUIRE(model);
    CHECK(model->photo_formats == split(x.at(1), ' '));
    CHECK(model->photo_min_side == (x.at(2).empty() ? 300 : std::stoi(x.at(2))));
    CHECK(model->photo_max_ratio == (x.at(3).empty() ? 2.5 : std::stod(x.at(3))));
    CHECK(model->price == doctest::Approx(price_of(x.at(4))));
    CHECK(model->price_date == x.at(5));
    CHECK(model->prompt_words == (x.at(6).empty() ? 0 : std::stoi(x.at(6))));
    CHECK(model->time_marks == (x.at(7) == "yes"));
    CHECK(model->speech == split(x.at(8), ' '));
    const auto prompt = range_of(fields_of(model->slug).at("prompt").allowed);
    REQUIRE(prompt);
    CHECK(model->prompt_limit == std::min(10'000, static_cast<int>(prompt->to)));
  }
}

TEST_CASE("model page: a price a second is that of the seconds we ask for") {
  for (const auto& x : table("formats"))
    if (const auto times = x.at(4).find("×"); times != std::string::npos) {
      const auto* model = models::find(models::shipped(), x.at(0));
      REQUIRE(model);
      CHECK(model->duration == std::stoi(x.at(4).substr(times + std::string{"×"}.size())));
    }
}

TEST_SUITE_END();
