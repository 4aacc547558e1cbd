#pragma once

#include <string>
#include <string_view>

namespace neurocards::sandbox {

/// What a file is, told by its first bytes.
struct media_type {
  std::string mime = "application/octet-stream";
  std::string extension = "bin";
  int width = 0; // of pictures; 0: unknown
  int height = 0;

  bool picture() const {
    return mime == "image/jpeg" || mime == "image/png" || mime == "image/webp";
  }
};

media_type probe(std::string_view bytes);

} // namespace neurocards::sandbox
