#include "sandbox/kie/models.hpp"

#include "sandbox/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace neurocards::sandbox::kie {

namespace {

using nlohmann::json;

enum class type : uint8_t { text, integer, boolean };

struct field {
  std::string name;
  type kind = type::text;
  bool required = false;
  std::vector<std::string> allowed{}; // of texts; empty: any
  int64_t least = 0;                  // of integers
  int64_t most = 0;
};

struct model {
  std::string slug;
  std::string image_field; // "image_urls": an array of one; else a plain address
  size_t prompt_least;
  size_t prompt_most;
  double price;
  std::vector<field> fields;
};

const field portrait_or_landscape{"aspect_ratio", type::text, false, {"portrait", "landscape"}};
const field frames{"n_frames", type::text, false, {"10", "15"}};
const field upload_method{"upload_method", type::text, false, {"s3", "oss"}};
const field watermark{"remove_watermark", type::boolean};
const field ratio{
  "aspect_ratio", type::text, false, {"1:1", "4:3", "3:4", "16:9", "9:16", "21:9", "adaptive"}};

std::vector<field> seedance() {
  return {{"duration", type::integer, false, {}, 4, 15},
          ratio,
          {"resolution", type::text, false, {"480p", "720p"}},
          {"generate_audio", type::boolean},
          {"web_search", type::boolean},
          {"nsfw_checker", type::boolean}};
}

std::vector<field> wan_3() {
  return {{"duration", type::integer, false, {}, 2, 30},
          ratio,
          {"resolution", type::text, false, {"480P", "720P", "1080P"}},
          {"audio", type::boolean}};
}

std::vector<field> minimax() {
  return {{"duration", type::integer, true, {}, 4, 15},
          {"resolution", type::text, false, {"768P", "2K"}}};
}

const std::vector<model>& models() {
  static const std::vector<model> all{
    {"sora-2-image-to-video",
     "image_urls",
     1,
     10'000,
     30,
     {portrait_or_landscape, frames, watermark, upload_method}},
    {"sora-2-image-to-video-stable",
     "image_urls",
     1,
     10'000,
     35,
     {portrait_or_landscape, frames, upload_method}},
    {"sora-2-pro-image-to-video",
     "image_urls",
     1,
     10'000,
     90,
     {portrait_or_landscape,
      frames,
      watermark,
      upload_method,
      {"size", type::text, false, {"standard", "high"}}}},
    {"bytedance/seedance-2-mini", "first_frame_url", 3, 20'000, 123, seedance()},
    {"bytedance/seedance-2-fast", "first_frame_url", 3, 20'000, 495, seedance()},
    {"bytedance/seedance-2", "first_frame_url", 3, 20'000, 615, seedance()},
    {"wan/3-0-video", "first_frame_url", 1, 20'000, 240, wan_3()},
    {"kling-2.6/image-to-video",
     "image_urls",
     1,
     1000,
     220,
     {{"duration", type::text, false, {"5", "10"}}, {"sound", type::boolean, true}}},
    {"wan/2-6-image-to-video",
     "image_urls",
     1,
     5000,
     210,
     {{"duration", type::text, false, {"5", "10", "15"}},
      {"resolution", type::text, false, {"720p", "1080p"}}}},
    {"minimax-h3/image-to-video", "first_frame_url", 1, 7'000, 120, minimax()},
  };
  return all;
}

const model* find(const std::string& slug) {
  const auto found =
    std::find_if(models().begin(), models().end(), [&](const model& m) { return m.slug == slug; });
  return found == models().end() ? nullptr : &*found;
}

// The live service reports a missing field as 500 and other faults of the input as 422.
verdict missing(const std::string& name) {
  return {500, name + " is required"};
}

verdict invalid(const std::string& text) {
  return {422, text};
}

std::optional<verdict> check(const field& f, const json& input) {
  if (!input.contains(f.name))
    return f.required ? std::optional{missing(f.name)} : std::nullopt;
  const auto& value = input[f.name];
  const bool right_type = f.kind == type::text      ? value.is_string()
                          : f.kind == type::integer ? value.is_number_integer()
                                                    : value.is_boolean();
  if (!right_type)
    return invalid(f.name + " has the wrong type");
  if (f.kind == type::integer && (value < f.least || value > f.most))
    return invalid(f.name + " exceeds range");
  if (!f.allowed.empty()
      && std::ranges::none_of(f.allowed, [&](const std::string& x) { return value == x; }))
    return invalid(f.name + " is not within the range of allowed options");
  return std::nullopt;
}

/// The address in the image field, or empty.
std::string image_of(const model& m, const json& input) {
  if (!input.contains(m.image_field))
    return {};
  const auto& value = input[m.image_field];
  if (m.image_field != "image_urls")
    return value.is_string() ? value.get<std::string>() : "";
  return value.is_array() && value.size() == 1 && value[0].is_string() ? value[0].get<std::string>()
                                                                       : "";
}

} // namespace

verdict check_input(const std::string& slug, const json& input) {
  const auto* m = find(slug);
  if (!m)
    return {
      422,
      "The model name you specified is not supported. Please verify the model name and try again."};
  if (!input.is_object() || !input.contains("prompt") || !input["prompt"].is_string()
      || input["prompt"] == "")
    return missing("prompt");
  const auto length = code_points(input["prompt"].get_ref<const std::string&>());
  if (length < m->prompt_least || length > m->prompt_most)
    return invalid("prompt exceeds range: " + std::to_string(m->prompt_least) + " to "
                   + std::to_string(m->prompt_most) + " characters");
  if (!input.contains(m->image_field))
    return missing(m->image_field);
  auto image = image_of(*m, input);
  if (!image.starts_with("http://") && !image.starts_with("https://"))
    return invalid(m->image_field + " must be a publicly accessible URL");
  if (image.find('?') != std::string::npos) // seen with signed links of object stores
    return invalid("File type not supported");
  for (const auto& f : m->fields)
    if (auto fault = check(f, input))
      return *fault;
  const auto shape = input.value("aspect_ratio", "landscape");
  return {200, "success", std::move(image),
          shape == "portrait" || shape == "9:16" || shape == "3:4", m->price};
}

std::string fault_of_picture(const std::string& model, const media_type& x) {
  const bool kling = model.starts_with("kling");
  const bool wan = model.starts_with("wan/2-6") || model.starts_with("minimax");
  if (!x.picture() || (kling && x.mime == "image/webp"))
    return "File type not supported";
  const int shorter = std::min(x.width, x.height);
  const int longer = std::max(x.width, x.height);
  if (shorter < (wan ? 256 : 300) || longer > 6000)
    return "image width and height must be between 300 and 6000 pixels";
  if (longer * 2 > shorter * 5)
    return "image aspect ratio must be between 0.4 and 2.5";
  return {};
}

bool reports_progress(const std::string& model) {
  return model.starts_with("sora-2");
}

} // namespace neurocards::sandbox::kie
