#include "domain/markup.hpp"
#include "domain/screens.hpp"

/// What people read of a photo that cannot be used: what it is, and exactly what to send.
namespace neurocards::flow {

using texts::key;
using texts::markup_of;
using texts::number;
using texts::say;

namespace {

/// "JPEG, PNG, WebP"
std::string formats_of(const images::limits& x) {
  std::string result;
  using images::format;
  for (const auto kind : {format::jpeg, format::png, format::webp, format::heic})
    if (x.takes(kind))
      result += (result.empty() ? "" : ", ") + images::name_of(kind);
  return result;
}

/// "2.5" or "2,5": rounded down, so that what is told is never refused.
std::string ratio_text(language lang, double ratio) {
  const auto tenths = static_cast<int64_t>(ratio * 10);
  std::string result = std::to_string(tenths / 10);
  if (tenths % 10 != 0)
    result += (lang == language::ru ? "," : ".") + std::to_string(tenths % 10);
  return result;
}

std::string needs_text(language lang, const images::limits& x) {
  return say(lang, key::photo_needs,
             {markup_of("formats", formats_of(x)), number("least", x.min_side),
              number("most", x.max_side), markup_of("ratio", ratio_text(lang, x.max_ratio)),
              number("megabytes", x.max_bytes / 1'000'000)});
}

key advice_for(foreign_files::advice x) {
  switch (x) {
    case foreign_files::advice::as_photo:
      return key::photo_send_as_photo;
    case foreign_files::advice::one_still:
      return key::photo_send_still;
    case foreign_files::advice::screenshot:
      return key::photo_send_screenshot;
    case foreign_files::advice::unpack:
      return key::photo_unpack;
    case foreign_files::advice::not_sight:
    case foreign_files::advice::none:
      break;
  }
  return key::photo_send_photo;
}

std::string foreign_text(language lang, const foreign_files::kind& x) {
  if (x.name.empty())
    return say(lang, key::photo_not_an_image);
  return say(lang, key::photo_foreign, {markup_of("kind", markup::escape(x.name))}) + " "
         + say(lang, advice_for(x.then));
}

std::string text_of(const reader& to, const photo_rejected& x) {
  const auto sides = {number("width", x.found.width), number("height", x.found.height)};
  const auto with_needs = [&](std::string text) {
    return std::move(text) + "\n\n" + needs_text(to.lang, x.needs);
  };
  switch (x.reason) {
    case images::fault::empty:
      return say(to.lang, key::photo_empty);
    case images::fault::too_large:
      return say(to.lang, key::photo_too_large,
                 {number("megabytes", x.needs.max_bytes / 1'000'000)});
    case images::fault::not_an_image:
      return foreign_text(to.lang, x.file);
    case images::fault::broken:
      return say(to.lang, key::photo_broken);
    case images::fault::moving:
      return say(to.lang, key::photo_moving) + " " + say(to.lang, key::photo_send_still);
    case images::fault::wrong_format:
      return with_needs(
        say(to.lang, key::photo_wrong_format, {markup_of("kind", images::name_of(x.found.kind))}));
    case images::fault::too_small:
      return with_needs(say(to.lang, key::photo_too_small, sides));
    case images::fault::too_big:
      return with_needs(say(to.lang, key::photo_too_big, sides));
    case images::fault::too_narrow:
      return with_needs(say(to.lang, key::photo_too_narrow, sides));
  }
  return say(to.lang, key::photo_broken);
}

} // namespace

telegram::outgoing photo_fault_screen(const reader& to, const photo_rejected& x) {
  return plain(to, text_of(to, x));
}

} // namespace neurocards::flow
