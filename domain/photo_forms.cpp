#include "domain/photo_forms.hpp"

#include <array>
#include <cstdlib>

namespace neurocards::photo_forms {

namespace {

struct ending {
  form made;
  std::string_view text;
};

// Behind the whole name of the photo: what is made of it is a JPEG.
constexpr std::array endings = {ending{form::upright, ".upright.jpg"},
                                ending{form::vertical, ".vertical.jpg"},
                                ending{form::small, ".small.jpg"}};

constexpr std::string_view ready_mark = ".ready";

/// Nothing but a sliver of the frame would be left over.
bool is_vertical(const images::description& x) {
  const auto [width, height] = images::vertical_frame;
  const auto difference = std::abs(int64_t{x.width} * height - int64_t{x.height} * width);
  return difference * 50 < int64_t{x.width} * height; // 2 %
}

} // namespace

storage_key ready_key(std::string_view id, const images::description& x) {
  return images::key_for(std::string{id} + std::string{ready_mark}, x);
}

bool is_ready(const storage_key& key) {
  const auto dash = key.value.rfind('-');
  return dash != std::string::npos
         && std::string_view{key.value}.substr(0, dash).ends_with(ready_mark)
         && images::described_by(key).has_value();
}

std::optional<images::description> as_sent(const storage_key& photo) {
  auto result = images::described_by(photo);
  if (!result || is_ready(photo))
    return result;
  return images::prepared(*result);
}

form needed_by(const config::model& model, const storage_key& photo) {
  const auto known = images::described_by(photo);
  const bool fits = is_ready(photo) && known && is_vertical(*known);
  if (model.follows_photo && !fits)
    return form::vertical;
  return is_ready(photo) ? form::kept : form::upright;
}

storage_key key_of(form wanted, const storage_key& photo) {
  for (const auto& x : endings)
    if (x.made == wanted)
      return storage_key{photo.value + std::string{x.text}};
  return photo;
}

made_form form_of(const storage_key& key) {
  for (const auto& x : endings)
    if (key.value.size() > x.text.size() && key.value.ends_with(x.text))
      return {storage_key{key.value.substr(0, key.value.size() - x.text.size())}, x.made};
  return {key, form::kept};
}

} // namespace neurocards::photo_forms
