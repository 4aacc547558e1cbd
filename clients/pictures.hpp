#pragma once

#include "domain/images.hpp"

/// Makes of a user's picture what models take: a JPEG, upright, in sRGB, without any metadata (the
/// place where it was taken among them). By libvips, of whose loaders only four can be reached.
/// Blocking, and heavy: for the thread of a `file_worker`.
namespace neurocards::pictures {

/// How making a picture ended.
struct outcome {
  std::optional<images::fault> fault; // of the picture
  std::string error;                  // of this machine; both empty: `made` lies there
  images::description found;          // the picture that was given, as far as it was read
  images::description made;
  int64_t bytes = 0; // of what was made

  bool ok() const { return !fault && error.empty(); }
};

/// Of more pixels none is decoded: a file of a few kilobytes may claim billions.
constexpr int64_t most_pixels = 50'000'000;

/// A copy of `from` in `to`, shrunk to sides of at most `side`.
outcome prepare(const std::string& from, const std::string& to, int side = images::longest_side);

/// The picture whole, on its own blurred enlargement, `images::vertical_frame` large.
outcome frame_vertically(const std::string& from, const std::string& to);

/// Whether this machine's libvips reads HEIC (a module of its own).
bool reads_heic();

} // namespace neurocards::pictures
