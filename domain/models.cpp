#include "domain/models.hpp"

#include "domain/prompt_fit.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace neurocards::models {

namespace {

// Field names, types and limits of KIE's documentation of 2026 (docs/kie_models.md); each model has
// its own. Prices of KIE's table on the date beside them.

config::model sora_2() {
  config::model x;
  x.slug = "sora-2-image-to-video";
  x.name = "Sora 2";
  x.duration_field = "n_frames"; // seconds, whatever its name says
  x.duration = 15;
  x.input = {
    {"aspect_ratio", "\"portrait\""}, {"remove_watermark", "true"}, {"upload_method", "\"s3\""}};
  x.prompt_limit = 10'000;
  x.price = 30;
  return x;
}

/// A model that is given the photo as the first frame of fifteen seconds.
config::model with_first_frame(const std::string& slug, const std::string& name, double price,
                               const std::string& price_date) {
  config::model x;
  x.slug = slug;
  x.name = name;
  x.image_field = "first_frame_url";
  x.image_list = false;
  x.duration_field = "duration";
  x.duration = 15;
  x.duration_text = false;
  x.price = price;
  x.price_date = price_date;
  return x;
}

/// What its maker says Seedance 2 is spoken to in, and speaks.
const std::vector<std::string> seedance_speech{"en", "zh", "es", "id", "pt", "ja"};

/// Mini and Fast differ in price only.
config::model seedance_2(const std::string& kind, const std::string& name, double price,
                         const std::string& price_date) {
  auto x = with_first_frame("bytedance/seedance-2-" + kind, name, price, price_date);
  x.input = {{"aspect_ratio", "\"9:16\""}, {"resolution", "\"720p\""}, {"generate_audio", "true"}};
  x.prompt_words = 1'000; // its maker's advice, as is the next
  x.time_marks = false;   // "0-3 s" is unstable; numbered shots are not
  x.speech = seedance_speech;
  return x;
}

config::model wan_3_0() {
  auto x = with_first_frame("wan/3-0-video", "Wan 3", 240, "2026-08-26");
  x.input = {{"aspect_ratio", "\"9:16\""},
             {"resolution", "\"720P\""}, // in capitals; 1080P by default, which costs twice as much
             {"audio", "true"}};
  return x;
}

config::model minimax_h3() {
  auto x = with_first_frame("minimax-h3/image-to-video", "MiniMax H3", 120, "2026-09-22");
  x.input = {{"resolution", "\"768P\""}}; // 2K by default, which costs more
  x.prompt_limit = 7'000;
  x.photo_min_side = 256;
  x.photo_max_side = 5'760;
  return x;
}

config::model kling_2_6() {
  config::model x;
  x.slug = "kling-2.6/image-to-video";
  x.name = "Kling 2.6";
  x.duration_field = "duration";
  x.duration = 10;
  x.input = {{"sound", "true"}};
  x.prompt_limit = 1'000;
  x.price = 220;
  x.price_date = "2026-09-20";
  x.photo_formats = {"jpeg", "png"};
  x.speech = {"en", "zh"}; // of other languages it makes English
  return x;
}

config::model wan_2_6() {
  config::model x;
  x.slug = "wan/2-6-image-to-video";
  x.name = "Wan 2.6";
  x.duration_field = "duration";
  x.duration = 15;
  x.input = {{"resolution", "\"720p\""}};
  x.prompt_limit = 5'000;
  x.price = 210;
  x.price_date = "2026-09-20";
  x.photo_min_side = 256;
  return x;
}

/// Kling, MiniMax and Wan 2.6 make a film of the photo's shape, Seedance cuts the middle out, and
/// of the others nobody says what they do: only a photo of 9:16 makes a film of 9:16 for sure.
catalogue given_frames(catalogue all) {
  for (auto& x : all)
    x.follows_photo = true;
  return all;
}

/// At Runware: its own id, US$, and the sound under `settings`. With a first frame the film has the
/// photo's shape.
config::model runware_seedance_2() {
  config::model x;
  x.slug = "bytedance:seedance@2.0";
  x.name = "Seedance 2";
  x.provider = "runware";
  x.duration_field = "duration";
  x.duration = 15;
  x.duration_text = false;
  x.input = {{"resolution", "\"720p\""}, {"audio", "true"}};
  x.prompt_words = 1'000;
  x.time_marks = false;
  x.speech = seedance_speech;
  x.price = 2.4;
  x.price_date = "2026-10-04";
  return x;
}

constexpr int usual_seconds = 10; // of a clip whose model leaves no choice

nlohmann::json duration_of(const config::model& x) {
  if (x.duration_text)
    return std::to_string(x.duration);
  return x.duration;
}

std::string fault_of_input(const config::model& x, const std::string& field) {
  const bool taken = field == x.image_field || field == x.duration_field || field == "prompt";
  if (taken)
    return "kie.models: " + x.slug + ": input." + field + " is set by the program already";
  if (!nlohmann::json::accept(x.input.at(field)))
    return "kie.models: " + x.slug + ": input." + field + ": \"" + x.input.at(field)
           + "\" is no JSON value";
  return {};
}

bool is_date(const std::string& x) {
  const std::string form = "0000-00-00";
  if (x.size() != form.size())
    return false;
  for (size_t i = 0; i < form.size(); ++i)
    if (form[i] == '0' ? x[i] < '0' || x[i] > '9' : x[i] != form[i])
      return false;
  return true;
}

void add_faults_of_price(const config::model& x, const std::string& prefix,
                         std::vector<std::string>& faults) {
  if (!(x.price >= 0 && x.price <= 100'000))
    faults.push_back(prefix + "price is 0 to 100000 KIE credits a video, or US$ elsewhere");
  if (!x.price_date.empty() && !is_date(x.price_date))
    faults.push_back(prefix + "price-date is a day like 2026-08-26");
}

void add_faults_of_photos(const config::model& x, const std::string& prefix,
                          std::vector<std::string>& faults) {
  const auto known = [](const std::string& name) {
    return name == "jpeg" || name == "png" || name == "webp";
  };
  if (x.photo_formats.empty() || !std::ranges::all_of(x.photo_formats, known))
    faults.push_back(prefix + "photo-formats is one or more of jpeg, png, webp");
  else if (std::ranges::find(x.photo_formats, "jpeg") == x.photo_formats.end())
    faults.push_back(prefix + "photo-formats has no jpeg, which all prepared photos are");
  if (x.photo_min_side < 1 || x.photo_min_side > 4096)
    faults.push_back(prefix + "photo-min-side is 1 to 4096 pixels");
  if (x.photo_max_side < x.photo_min_side || x.photo_max_side > 100'000)
    faults.push_back(prefix + "photo-max-side is photo-min-side to 100000 pixels");
  if (x.follows_photo && x.photo_max_side < images::vertical_frame.second)
    faults.push_back(prefix
                     + "photo-max-side is at least 1920 with follows-photo, whose frame is "
                       "1080x1920");
  if (!(x.photo_max_ratio >= 1 && x.photo_max_ratio <= 100))
    faults.push_back(prefix + "photo-max-ratio is 1 to 100");
}

bool is_language(const std::string& x) {
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  return (x.size() == 2 || x.size() == 3) && std::ranges::all_of(x, small);
}

std::vector<std::string> faults_of_model(const config::model& x) {
  std::vector<std::string> faults;
  const std::string prefix = "kie.models: " + (x.slug.empty() ? "(without slug)" : x.slug) + ": ";
  if (x.slug.empty() || x.slug.size() > 200)
    faults.push_back(prefix + "slug is 1 to 200 characters");
  if (x.name.empty())
    faults.push_back(prefix + "name is missing");
  if (x.provider != "kie" && x.provider != "runware")
    faults.push_back(prefix + "provider is kie or runware");
  if (x.image_field.empty())
    faults.push_back(prefix + "image-field is missing");
  if (!x.duration_field.empty() && (x.duration < 1 || x.duration > 60))
    faults.push_back(prefix + "duration is 1 to 60 seconds");
  if (x.prompt_limit < 200 || x.prompt_limit > 10'000)
    faults.push_back(prefix + "prompt-limit is 200 to 10000");
  if (x.prompt_words != 0 && (x.prompt_words < 30 || x.prompt_words > 10'000))
    faults.push_back(prefix + "prompt-words is 30 to 10000, or 0");
  if (!std::ranges::all_of(x.speech, is_language))
    faults.push_back(prefix + "speech is a list of languages like en, ru");
  for (const auto& [field, value] : x.input)
    if (std::string fault = fault_of_input(x, field); !fault.empty())
      faults.push_back(std::move(fault));
  add_faults_of_price(x, prefix, faults);
  add_faults_of_photos(x, prefix, faults);
  return faults;
}

} // namespace

const catalogue& shipped() {
  // Sora 2 is what was ordered, and costs nothing while it is paused. Of the others those come
  // first that make a vertical film of any photo, the cheap before the dear; then those that keep
  // the photo's shape; then the one that costs more than a credit brings; and last what another
  // provider makes, for the day on which KIE is gone.
  static const catalogue all =
    given_frames({sora_2(), seedance_2("mini", "Seedance 2 Mini", 123, "2026-08-26"), wan_3_0(),
                  minimax_h3(), wan_2_6(), kling_2_6(),
                  seedance_2("fast", "Seedance 2 Fast", 495, "2026-07-19"), runware_seedance_2()});
  return all;
}

const config::model* find(const catalogue& all, const std::string& slug) {
  const auto found =
    std::find_if(all.begin(), all.end(), [&](const auto& x) { return x.slug == slug; });
  return found == all.end() ? nullptr : &*found;
}

catalogue with_keys(const config::all& x) {
  catalogue result;
  for (const auto& model : x.kie.models) {
    const bool has_key = model.provider == "runware" ? !x.secrets.runware_key.empty()
                                                     : !x.secrets.kie_accounts.empty();
    if (has_key)
      result.push_back(model);
  }
  return result;
}

std::string display_name(const catalogue& all, const std::string& slug) {
  if (const config::model* found = find(all, slug))
    return found->name;
  if (slug.empty() && !all.empty())
    return all.front().name;
  return slug.empty() ? sora_2().name : slug;
}

std::string create_task_body(const config::model& x, const std::string& prompt,
                             const std::string& image_url, const std::string& callback_url) {
  nlohmann::json input = {{"prompt", bounded_prompt(x, prompt)}};
  if (x.image_list)
    input[x.image_field] = nlohmann::json::array({image_url});
  else
    input[x.image_field] = image_url;
  if (!x.duration_field.empty())
    input[x.duration_field] = duration_of(x);
  for (const auto& [field, value] : x.input)
    input[field] = nlohmann::json::parse(value, nullptr, false);
  nlohmann::json body = {{"model", x.slug}, {"input", std::move(input)}};
  if (!callback_url.empty())
    body["callBackUrl"] = callback_url;
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string bounded_prompt(const config::model& x, const std::string& prompt) {
  return prompts::bounded(x.time_marks ? prompt : prompts::without_time_marks(prompt),
                          static_cast<size_t>(std::max(1, x.prompt_limit)),
                          static_cast<size_t>(std::max(0, x.prompt_words)));
}

int clip_seconds(const config::model& x) {
  return x.duration > 0 ? x.duration : usual_seconds;
}

bool may_speak(const catalogue& all, const std::string& chosen, const std::string& spoken,
               config::voices wish) {
  if (wish != config::voices::listed)
    return wish == config::voices::always;
  const auto speaks = [&](const config::model& x) {
    return std::ranges::find(x.speech, spoken) != x.speech.end();
  };
  if (const auto* model = find(all, chosen))
    return speaks(*model);
  return std::ranges::all_of(all, speaks);
}

images::limits photo_limits(const config::model& x) {
  const auto takes = [&](const char* format) {
    return std::ranges::find(x.photo_formats, format) != x.photo_formats.end();
  };
  images::limits result;
  result.min_side = x.photo_min_side;
  result.max_side = x.photo_max_side;
  result.max_ratio = x.photo_max_ratio;
  result.jpeg = takes("jpeg");
  result.png = takes("png");
  result.webp = takes("webp");
  result.framed = x.follows_photo;
  if (result.framed) // the frame's
    result.max_ratio = images::sendable.max_ratio;
  return result;
}

std::vector<images::limits> photo_limits(const catalogue& all) {
  std::vector<images::limits> result;
  for (const auto& x : all)
    result.push_back(photo_limits(x));
  return result;
}

std::vector<std::string> taking(const catalogue& all, const storage_key& photo) {
  const auto known = photo_forms::as_sent(photo);
  std::vector<std::string> result;
  for (const auto& x : all)
    if (!known || !images::fault_of(*known, photo_limits(x)))
      result.push_back(x.slug);
  return result;
}

std::vector<form_run> runs_by_form(const catalogue& all, const storage_key& photo) {
  std::vector<form_run> result;
  for (const auto& slug : taking(all, photo)) {
    const auto& model = *find(all, slug);
    const auto form = photo_forms::needed_by(model, photo);
    const bool goes_on =
      !result.empty() && result.back().form == form && result.back().provider == model.provider;
    if (!goes_on)
      result.push_back({form, model.provider, {}});
    result.back().slugs.push_back(slug);
  }
  return result;
}

std::vector<std::string> faults_of(const catalogue& all) {
  std::vector<std::string> faults;
  if (all.empty())
    faults.push_back("kie.models: empty; at least one model is needed");
  for (size_t i = 0; i < all.size(); ++i) {
    for (std::string& fault : faults_of_model(all[i]))
      faults.push_back(std::move(fault));
    for (size_t k = 0; k < i; ++k)
      if (all[k].slug == all[i].slug)
        faults.push_back("kie.models: " + all[i].slug + " stands there twice");
  }
  return faults;
}

} // namespace neurocards::models
