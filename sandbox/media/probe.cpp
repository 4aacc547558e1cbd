#include "sandbox/media/probe.hpp"

namespace neurocards::sandbox {

namespace {

int byte(std::string_view x, size_t offset) {
  return offset < x.size() ? static_cast<unsigned char>(x[offset]) : 0;
}

int big_endian(std::string_view x, size_t offset) {
  return byte(x, offset) << 8 | byte(x, offset + 1);
}

/// Walks the segments up to the frame header (SOF0…SOF15 without DHT, JPG and DAC).
void read_jpeg_size(std::string_view x, media_type& out) {
  for (size_t offset = 2; offset + 9 < x.size() && byte(x, offset) == 0xFF;) {
    const int marker = byte(x, offset + 1);
    if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
      out.height = big_endian(x, offset + 5);
      out.width = big_endian(x, offset + 7);
      return;
    }
    offset += 2 + static_cast<size_t>(big_endian(x, offset + 2));
  }
}

void read_webp_size(std::string_view x, media_type& out) {
  const auto little = [&](size_t offset) { return byte(x, offset) | byte(x, offset + 1) << 8; };
  const auto form = x.substr(12, 4);
  if (form == "VP8X") {
    out.width = (little(24) | byte(x, 26) << 16) + 1;
    out.height = (little(27) | byte(x, 29) << 16) + 1;
  } else if (form == "VP8 ") {
    out.width = little(26) & 0x3FFF;
    out.height = little(28) & 0x3FFF;
  } else if (form == "VP8L") {
    out.width = (little(21) & 0x3FFF) + 1;
    out.height = ((little(22) >> 6 | byte(x, 24) << 10) & 0x3FFF) + 1;
  }
}

} // namespace

media_type probe(std::string_view x) {
  media_type out;
  if (x.starts_with("\xFF\xD8\xFF")) {
    out = {.mime = "image/jpeg", .extension = "jpg"};
    read_jpeg_size(x, out);
  } else if (x.starts_with("\x89PNG\r\n\x1A\n")) {
    out = {.mime = "image/png", .extension = "png"};
    out.width = big_endian(x, 18);
    out.height = big_endian(x, 22);
  } else if (x.starts_with("RIFF") && x.substr(8, 4) == "WEBP") {
    out = {.mime = "image/webp", .extension = "webp"};
    read_webp_size(x, out);
  } else if (x.size() > 12 && x.substr(4, 4) == "ftyp") {
    out = {.mime = "video/mp4", .extension = "mp4"};
  } else if (x.starts_with("%PDF-")) {
    out = {.mime = "application/pdf", .extension = "pdf"};
  }
  return out;
}

} // namespace neurocards::sandbox
