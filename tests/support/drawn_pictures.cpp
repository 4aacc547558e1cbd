#include "tests/support/drawn_pictures.hpp"

#include "clients/pictures.hpp"

#include <vips/vips.h>

#include <memory>
#include <stdexcept>

namespace neurocards::test::drawn {

namespace {

struct releaser {
  void operator()(void* object) const { g_object_unref(object); }
};
using image_ptr = std::unique_ptr<VipsImage, releaser>;

void check(int answer) {
  if (answer != 0)
    throw std::runtime_error{vips_error_buffer()};
}

image_ptr plain(const wish& x) {
  VipsImage* out = nullptr;
  check(vips_black(&out, x.width, x.height, "bands", x.transparent ? 4 : 3, nullptr));
  const image_ptr black{out};
  check(vips_copy(black.get(), &out, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr));
  return image_ptr{vips_image_copy_memory(image_ptr{out}.get())};
}

void draw(const image_ptr& x, int width, int height, double red, double blue, double green = 0) {
  double ink[] = {red, green, blue};
  check(vips_draw_rect(x.get(), ink, 3, 0, 0, width, height, "fill", TRUE, nullptr));
}

void add_exif(const image_ptr& x, const wish& wanted) {
  if (wanted.orientation != 1)
    vips_image_set_int(x.get(), VIPS_META_ORIENTATION, wanted.orientation);
  if (!wanted.place)
    return;
  vips_image_set_string(x.get(), "exif-ifd3-GPSLatitude", "55/1 45/1 0/1 (55, 45, 0)");
  vips_image_set_string(x.get(), "exif-ifd3-GPSLatitudeRef", "N (N)");
  vips_image_set_string(x.get(), "exif-ifd0-Make", "Neurocam (Neurocam)");
}

bool is_red(const image_ptr& x, int left, int top) {
  double* values = nullptr;
  int count = 0;
  check(vips_getpoint(x.get(), &values, &count, left, top, nullptr));
  const std::unique_ptr<double, void (*)(void*)> owner{values, g_free};
  return count >= 3 && values[0] > 180 && values[2] < 80;
}

double blue_at(const image_ptr& x, int left, int top) {
  double* values = nullptr;
  int count = 0;
  check(vips_getpoint(x.get(), &values, &count, left, top, nullptr));
  const std::unique_ptr<double, void (*)(void*)> owner{values, g_free};
  return count >= 3 ? values[2] : -1;
}

} // namespace

std::string picture(const std::string& ending, const wish& wanted) {
  if (!pictures::reads_heic() && ending == ".heic")
    return {};
  const auto image = plain(wanted);
  if (wanted.shade >= 0) {
    draw(image, wanted.width, wanted.height, wanted.shade, wanted.shade, wanted.shade);
  } else if (!wanted.transparent) {
    draw(image, wanted.width, wanted.height, 0, 255);
    draw(image, wanted.width / 2, wanted.height / 2, 255, 0);
  }
  add_exif(image, wanted);
  void* buffer = nullptr;
  size_t length = 0;
  if (vips_image_write_to_buffer(image.get(), ending.c_str(), &buffer, &length, nullptr) != 0) {
    vips_error_clear();
    return {};
  }
  const std::unique_ptr<void, void (*)(void*)> owner{buffer, g_free};
  return {static_cast<const char*>(buffer), length};
}

look look_into(const std::string& bytes) {
  look result;
  const image_ptr image{vips_image_new_from_buffer(bytes.data(), bytes.size(), "", nullptr)};
  if (!image)
    return result;
  result.width = image->Xsize;
  result.height = image->Ysize;
  for (const char* block : {VIPS_META_EXIF_NAME, VIPS_META_XMP_NAME, VIPS_META_IPTC_NAME,
                            VIPS_META_ICC_NAME, "exif-ifd3-GPSLatitude", "exif-ifd0-Make"})
    result.metadata = result.metadata || vips_image_get_typeof(image.get(), block) != 0;
  if (vips_image_get_typeof(image.get(), VIPS_META_ORIENTATION) != 0)
    result.orientation = vips_image_get_orientation(image.get());
  const int x = result.width;
  const int y = result.height;
  result.red_above_left = is_red(image, x / 4, y / 4) && !is_red(image, x * 3 / 4, y / 4);
  result.red_above_right = !is_red(image, x / 4, y / 4) && is_red(image, x * 3 / 4, y / 4);
  result.left_edge_blue = blue_at(image, 0, y / 2);
  result.centre_blue = blue_at(image, x / 2, y / 2);
  return result;
}

} // namespace neurocards::test::drawn
