#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What kind of picture some bytes are, and whether the video service takes it.
namespace neurocards::images {

enum class format : uint8_t { jpeg, png, webp };

/// "image/jpeg", …
std::string mime_type(format);

/// ".jpg", ".png", ".webp": KIE wants addresses that end so.
std::string file_extension(format);

struct description {
  format kind = format::jpeg;
  int width = 0; // 0: not within the bytes given
  int height = 0;
};

/// How many leading bytes of a file `sniff` should be given. Photos with big EXIF blocks have their
/// size far behind the beginning.
constexpr size_t prefix_bytes = 256 * 1024;

/// Looks at the leading bytes of a file. Never reads beyond them, never throws; nullopt: none of
/// the formats.
std::optional<description> sniff(std::string_view prefix);

struct limits {
  int64_t max_bytes = 10'000'000; // kie: "≤ 10.0 MB" (reading it as 10^6 is the safe side)
  int max_side = 10'000;
  int max_ratio = 20; // longer : shorter side, as Telegram's own photos
  int min_side = 1;
};

/// Why a picture is refused. The order is that of the checks.
enum class fault : uint8_t {
  empty,
  too_large,    // bytes
  not_an_image, // none of jpeg, png, webp
  broken,       // its size is not where it must be: cut off or damaged
  too_small,    // pixels
  too_big,      // pixels
  too_narrow,   // one side many times the other
};

/// "too_large", … for logs.
std::string to_string(fault);

struct verdict {
  std::optional<fault> why; // nullopt: accepted
  description what;         // valid when accepted

  bool accepted() const { return !why; }
};

/// Telegram has encoded photos anew, so their declared size may stand in for one that is not found
/// in the bytes. Documents come as their sender made them.
enum class origin : uint8_t { photo, document };

/// Judges a file by its leading bytes and its length. `prefix` must be the whole file if that is
/// shorter than `prefix_bytes`.
verdict judge(std::string_view prefix, int64_t file_bytes, origin, const limits& = {});

} // namespace neurocards::images
