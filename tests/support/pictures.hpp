#pragma once

#include <initializer_list>
#include <string>

/// The first bytes of pictures, of any size and kind, for those who judge files by their bytes.
namespace neurocards::test::pictures {

inline std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int x : values)
    out.push_back(static_cast<char>(x));
  return out;
}

inline std::string big16(int x) {
  return bytes({x >> 8 & 255, x & 255});
}

/// A JPEG; `orientation` 1 to 8 stands in an EXIF block, 0: there is none.
inline std::string jpeg(int width, int height, int orientation = 0, bool big_endian = true) {
  std::string out = bytes({0xFF, 0xD8});
  if (orientation > 0) {
    std::string tiff = big_endian
                         ? bytes({'M', 'M', 0, 42, 0, 0, 0,           8, 0, 1, 1, 0x12, 0,
                                  3,   0,   0, 0,  1, 0, orientation, 0, 0, 0, 0, 0,    0})
                         : bytes({'I', 'I', 42, 0, 8, 0,           0, 0, 1, 0, 0x12, 1, 3,
                                  0,   1,   0,  0, 0, orientation, 0, 0, 0, 0, 0,    0, 0});
    const std::string exif = bytes({'E', 'x', 'i', 'f', 0, 0}) + tiff;
    out += bytes({0xFF, 0xE1}) + big16(static_cast<int>(exif.size()) + 2) + exif;
  }
  return out + bytes({0xFF, 0xC0}) + big16(17) + bytes({8}) + big16(height) + big16(width)
         + std::string(20, '\0');
}

/// An extended WebP.
inline std::string webp(int width, int height, bool animated = false) {
  const auto little24 = [](int x) { return bytes({x & 255, x >> 8 & 255, x >> 16 & 255}); };
  return "RIFF" + std::string(4, '\x10') + "WEBPVP8X" + std::string(4, '\0')
         + bytes({animated ? 2 : 0, 0, 0, 0}) + little24(width - 1) + little24(height - 1);
}

} // namespace neurocards::test::pictures
