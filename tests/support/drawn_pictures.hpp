#pragma once

#include <string>

/// Real pictures, drawn and written by libvips: its own loaders have to read them.
namespace neurocards::test::drawn {

struct wish {
  int width = 800;
  int height = 600;
  int orientation = 1;      // EXIF's, 1 to 8
  bool place = false;       // EXIF says where it was taken
  bool transparent = false; // the whole picture, where the format can
  int shade = -1;           // from 0: all of it is grey of that value instead
};

/// The file's bytes. `ending` names the format: ".jpg", ".png", ".webp", ".heic". Its upper left
/// quarter, as it is stored, is red, all else is blue. Empty: this machine has no encoder for it.
std::string picture(const std::string& ending, const wish& = {});

/// What a reader finds in a picture: its size after EXIF's orientation was NOT applied, and
/// colours.
struct look {
  int width = 0;
  int height = 0;
  bool metadata = false; // EXIF, XMP, IPTC, or a colour profile
  int orientation = 0;   // 0: none is told
  bool red_above_left = false;
  bool red_above_right = false;
  double left_edge_blue = 0; // 0 to 255, of the middle of the left edge
  double centre_blue = 0;
};
look look_into(const std::string& bytes);

} // namespace neurocards::test::drawn
