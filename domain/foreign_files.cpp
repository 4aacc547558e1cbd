#include "domain/foreign_files.hpp"

#include <array>

namespace neurocards::foreign_files {

namespace {

using bytes = std::string_view;
using namespace std::string_view_literals;

struct signature {
  size_t offset;
  bytes mark;
  const char* name;
  advice then;
};

// From top to bottom, the first that matches wins.
constexpr std::array signatures = {
  signature{0, "GIF87a"sv, "GIF", advice::one_still},
  signature{0, "GIF89a"sv, "GIF", advice::one_still},
  signature{0, "II*\0"sv, "TIFF",
            advice::as_photo}, // raw photos of cameras (DNG, NEF, CR2) as well
  signature{0, "MM\0*"sv, "TIFF", advice::as_photo},
  signature{0, "II+\0"sv, "TIFF", advice::as_photo},
  signature{0, "MM\0+"sv, "TIFF", advice::as_photo},
  signature{0, "IIRO"sv, "RAW", advice::as_photo},
  signature{0, "IIU\0"sv, "RAW", advice::as_photo},
  signature{0, "FUJIFILMCCD-RAW"sv, "RAW", advice::as_photo},
  signature{0, "BM"sv, "BMP", advice::as_photo},
  signature{0, "\0\0\1\0"sv, "ICO", advice::as_photo},
  signature{0, "\xFF\x0A"sv, "JPEG XL", advice::as_photo},
  signature{0, "\0\0\0\x0CJXL "sv, "JPEG XL", advice::as_photo},
  signature{0, "\0\0\0\x0CjP  "sv, "JPEG 2000", advice::as_photo},
  signature{0, "\xFF\x4F\xFF\x51"sv, "JPEG 2000", advice::as_photo},
  signature{0, "8BPS"sv, "PSD", advice::screenshot},
  signature{0, "%PDF"sv, "PDF", advice::screenshot},
  signature{0, "%!PS"sv, "PostScript", advice::screenshot},
  signature{0, "\xD0\xCF\x11\xE0"sv, "Office", advice::screenshot},
  signature{0, "{\\rtf"sv, "RTF", advice::screenshot},
  signature{0, "PK\3\4"sv, "ZIP", advice::unpack},
  signature{0, "Rar!"sv, "RAR", advice::unpack},
  signature{0, "7z\xBC\xAF\x27\x1C"sv, "7z", advice::unpack},
  signature{0, "\x1F\x8B"sv, "gzip", advice::unpack},
  signature{0, "\x1A\x45\xDF\xA3"sv, "WebM", advice::one_still},
  signature{8, "AVI "sv, "AVI", advice::one_still},
  signature{8, "WAVE"sv, "WAV", advice::not_sight},
  signature{0, "ID3"sv, "MP3", advice::not_sight},
  signature{0, "OggS"sv, "OGG", advice::not_sight},
  signature{0, "fLaC"sv, "FLAC", advice::not_sight},
};

bool has(bytes x, size_t offset, bytes mark) {
  return x.size() >= offset + mark.size() && x.substr(offset, mark.size()) == mark;
}

/// ISO base media: what is in the box `ftyp` says whether it is a picture, a film or sound.
kind of_brand(bytes brand) {
  for (const auto heic : {"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"})
    if (brand == heic)
      return {"HEIC", advice::as_photo};
  if (brand == "avif" || brand == "avis")
    return {"AVIF", advice::as_photo};
  if (brand == "crx ")
    return {"RAW", advice::as_photo};
  if (brand.starts_with("M4A") || brand.starts_with("M4B"))
    return {"M4A", advice::not_sight};
  return {brand == "qt  " ? "MOV" : "MP4", advice::one_still};
}

/// The major brand of AVIF files may be the general one: then the compatible ones tell.
kind of_container(bytes x) {
  if (has(x, 8, "mif1") || has(x, 8, "msf1"))
    for (size_t i = 16; i + 4 <= x.size() && i < 64; i += 4)
      if (has(x, i, "avif"))
        return of_brand("avif");
  return of_brand(x.substr(8, 4));
}

/// A text that begins with `<svg`, or has it soon after an XML heading.
bool is_svg(bytes x) {
  const auto start = x.find_first_not_of("\xEF\xBB\xBF \t\r\n");
  if (start == bytes::npos || x[start] != '<')
    return false;
  return x.substr(start, 1024).find("<svg") != bytes::npos;
}

} // namespace

kind kind_of(std::string_view prefix) {
  if (prefix.size() >= 12 && has(prefix, 4, "ftyp"))
    return of_container(prefix);
  for (const auto& x : signatures)
    if (has(prefix, x.offset, x.mark))
      return {x.name, x.then};
  if (is_svg(prefix))
    return {"SVG", advice::as_photo};
  return {};
}

} // namespace neurocards::foreign_files
