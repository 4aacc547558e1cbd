#pragma once

#include "domain/images.hpp"
#include "protocol/config.hpp"

/// In which forms a photo goes to models. One form is kept with the order, as a user's photo is
/// prepared once; another is made when a model is chosen that needs it, and kept beside it. A
/// form's name derives from the photo's, so that whoever makes it once more replaces it by itself.
namespace neurocards::photo_forms {

enum class form : uint8_t {
  kept,     // as it lies there
  upright,  // prepared: of photos that older versions kept as they came
  vertical, // in a frame of 9:16, for models that follow the photo's shape
  small,    // prepared, and `images::small_side` long: for who writes the script
};

/// Where a prepared photo is kept: `photos/<id>.ready-1280x960.jpg`.
storage_key ready_key(std::string_view id, const images::description&);

/// The name says that it is one.
bool is_ready(const storage_key&);

/// What a model is given of a kept photo, but for the frame; nullopt: its name does not tell.
std::optional<images::description> as_sent(const storage_key& photo);

/// Which form of a kept photo the model is given.
form needed_by(const config::model&, const storage_key& photo);

/// Where the form is kept; the photo itself for `kept`.
storage_key key_of(form, const storage_key& photo);

/// A photo and one of its forms.
struct made_form {
  storage_key photo;
  form made = form::kept;
};

/// The reverse of `key_of`; `kept` for whatever is no name of a made form.
made_form form_of(const storage_key&);

} // namespace neurocards::photo_forms
