#pragma once

#include "protocol/ids.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

/// What kind of picture some bytes are, and whether the model that will film it takes it.
namespace neurocards::images {

enum class format : uint8_t { jpeg, png, webp, heic };

/// "image/jpeg", …
std::string mime_type(format);

/// ".jpg", ".png", …: KIE wants addresses that end so.
std::string file_extension(format);

/// "JPEG", …: as users read it.
std::string name_of(format);

/// As a viewer shows it: a JPEG that its EXIF block turns by 90° has its sides exchanged.
struct description {
  format kind = format::jpeg;
  int width = 0; // 0: not within the bytes given
  int height = 0;
  bool animated = false; // more than one picture
};

/// How many leading bytes of a file `sniff` should be given.
constexpr size_t prefix_bytes = 256 * 1024;

/// And how many when that did not suffice: photos with big EXIF blocks, depth maps and thumbnails
/// have their size far behind the beginning.
constexpr size_t longest_prefix_bytes = 4 * 1024 * 1024;

/// Reads the leading bytes of a file. Never reads beyond them, never throws; nullopt: none of
/// the formats. The sides of HEIC (AVIF among it) are not looked for.
std::optional<description> sniff(std::string_view prefix);

/// What one model takes, or what users may send.
struct limits {
  int64_t max_bytes = 10'000'000; // kie: "≤ 10.0 MB" (reading it as 10^6 is the safe side)
  int max_side = 10'000;
  double max_ratio = 20; // longer : shorter side, as Telegram's own photos
  int min_side = 1;
  bool jpeg = true;
  bool png = true;
  bool webp = true;
  bool heic = false;
  bool framed = false; // what is sent stands in a vertical frame, whatever the photo's shape

  bool takes(format) const;
};

/// Why a picture is refused. The order is that of the checks.
enum class fault : uint8_t {
  empty,
  too_large,    // bytes
  not_an_image, // none of the formats
  broken,       // its size is not where it must be: cut off or damaged
  moving,       // an animation
  wrong_format, // a picture, and not one that the model reads
  too_small,    // pixels
  too_big,      // pixels
  too_narrow,   // one side many times the other
};

/// "too_large", … for logs.
std::string to_string(fault);

struct verdict {
  std::optional<fault> reason; // nullopt: accepted
  description picture;         // valid when accepted, and of faults that tell of format or sides
  limits needs;                // what the file was checked against

  bool accepted() const { return !reason; }
};

/// Telegram has encoded photos anew, so their declared size may stand in for one that is not found
/// in the bytes. Documents come as their sender made them.
enum class origin : uint8_t { photo, document };

/// Whatever users send as long as it can be prepared: Telegram gives bots no larger files.
constexpr limits sendable{20'000'000, 16'000, 20, 1, true, true, true, true, false};

/// The longer side of a prepared photo at most: more than any model films.
constexpr int longest_side = 2048;

/// The same of what the script's writer sees.
constexpr int small_side = 768;

/// Width and height of what models are given that follow the photo's shape.
constexpr std::pair<int, int> vertical_frame{1080, 1920};

/// What becomes of a picture when it is prepared.
description prepared(const description&);

/// A photo of which the frame leaves less than half is quite another picture.
bool is_wide(const description&);

/// What is wrong with a picture that is known already; nullopt: nothing, or its size is not known.
std::optional<fault> fault_of(const description&, const limits&);

/// Checks a file by its leading bytes and its length. `prefix` must be the whole file if that is
/// shorter than `prefix_bytes`.
verdict check(std::string_view prefix, int64_t file_bytes, origin, const limits& = {});

/// The same for several models, in order of preference: one that takes it is enough. Otherwise the
/// verdict is that of the first.
verdict check(std::string_view prefix, int64_t file_bytes, origin, std::span<const limits>);

/// Of a photo that was found and prepared: whether one of the models takes what was made, in order
/// of preference; otherwise what the first needs of a photo, and what is wrong with the one found.
verdict check_prepared(const description& found, const description& made,
                       std::span<const limits> models);

/// Where a photo is kept. The name says what it is, so that whoever has an order can check its
/// photo again: `photos/<id>-1280x960.jpg`.
storage_key key_for(std::string_view id, const description&);

/// What the name of a kept photo says; nullopt: nothing (photos of older versions).
std::optional<description> described_by(const storage_key&);

} // namespace neurocards::images
