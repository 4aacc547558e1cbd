#include "clients/pictures.hpp"

#include "base/log.hpp"
#include "clients/picture_library.hpp"

#include <array>
#include <fstream>
#include <functional>
#include <memory>

namespace neurocards::pictures {

namespace {

const picture_library& vips() {
  static const picture_library result = load_picture_library();
  return result;
}

struct releaser {
  void operator()(void* object) const { vips().object_unref(object); }
};
using image_ptr = std::unique_ptr<VipsImage, releaser>;
using source_ptr = std::unique_ptr<VipsSource, releaser>;

constexpr std::array loaders = {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp",
                                "VipsForeignLoadHeif"};

constexpr int jpeg_quality = 90;
constexpr int64_t most_bytes = 200'000'000; // of a decoded picture that is in memory as a whole

void say_nothing(const gchar*, GLogLevelFlags, const gchar*, gpointer) {}

/// Once per process. libvips decodes on the caller's thread's behalf, keeps nothing and compiles
/// nothing at run time (which hardened units forbid).
bool start() {
  const std::string fault = vips().fault;
  if (!fault.empty() || vips().init("neurocards") != 0) {
    log::error("pictures.libvips_failed", "error", fault.empty() ? vips().error_buffer() : fault,
               "advice", "no photo can be taken; check the package libvips42");
    return false;
  }
  vips().log_set_handler("VIPS", G_LOG_LEVEL_MASK, say_nothing,
                         nullptr); // warnings of damaged files
  vips().concurrency_set(1);
  vips().cache_set_max(0);
  vips().vector_set_enabled(FALSE);
  vips().block_untrusted_set(TRUE);
  vips().operation_block_set("VipsForeignLoad", TRUE);
  // HEIC is what phones send. Debian keeps libheif in repair, libvips counts it among the trusted
  // loaders, and its limits on sizes are its own besides ours.
  for (const char* loader : loaders)
    if (vips().type_from_name(loader) != 0)
      vips().operation_block_set(loader, FALSE);
  return true;
}

bool is_ready() {
  static const bool ready = start();
  return ready;
}

std::string last_error() {
  std::string text = vips().error_buffer();
  vips().error_clear();
  return text;
}

outcome faulty(images::fault reason, const images::description& found) {
  vips().error_clear();
  outcome result;
  result.fault = reason;
  result.found = found;
  return result;
}

/// A source has no options in its name, which a path may resemble.
source_ptr open(const std::string& path) {
  return source_ptr{vips().source_new_from_file(path.c_str())};
}

/// `step` makes one picture of another; the first that fails ends the chain with nothing.
image_ptr then(image_ptr from, const std::function<int(VipsImage*, VipsImage**)>& step) {
  VipsImage* out = nullptr;
  if (!from || step(from.get(), &out) != 0)
    return nullptr;
  return image_ptr{out};
}

/// Nothing is decoded yet. A file that is cut off or damaged fails when it is (the loader of
/// thumbnails of libvips 8.14 forgives it). `shrink`: JPEG's own, 1, 2, 4 or 8.
image_ptr open_picture(const std::string& path, int shrink) {
  const auto source = open(path);
  const auto options = shrink > 1 ? "shrink=" + std::to_string(shrink) : std::string{};
  return image_ptr{source ? vips().image_new_from_source(source.get(), options.c_str(), "access",
                                                         VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                                         VIPS_FAIL_ON_TRUNCATED, nullptr)
                          : nullptr};
}

std::string loader_of(VipsImage* header) {
  const char* loader = "";
  const bool known = vips().image_get_typeof(header, VIPS_META_LOADER) != 0
                     && vips().image_get_string(header, VIPS_META_LOADER, &loader) == 0;
  return known ? loader : "";
}

/// Whether decoding takes all of the picture into memory before its first line is there.
bool is_held_whole(VipsImage* header) {
  const auto name = loader_of(header);
  const bool by_lines = name.starts_with("jpeg") || name.starts_with("png");
  return !by_lines || vips().image_get_typeof(header, "interlaced") != 0
         || vips().image_get_typeof(header, "jpeg-multiscan") != 0;
}

/// Reads nothing but the header. Nullopt: it may be decoded.
std::optional<images::fault> read_header(const std::string& path, images::description& found) {
  const auto header = open_picture(path, 1);
  if (!header)
    return images::fault::broken;
  found.width = header->Xsize;
  found.height = header->Ysize;
  const int64_t pixels = static_cast<int64_t>(found.width) * found.height;
  // 6: the coefficients of a JPEG of many scans.
  const auto bytes_each =
    std::max<int64_t>(6, static_cast<int64_t>(vips().format_sizeof(header->BandFmt)
                                              * static_cast<uint64_t>(header->Bands)));
  if (vips().image_get_orientation_swap(header.get()))
    std::swap(found.width, found.height);
  if (pixels > most_pixels || (is_held_whole(header.get()) && pixels * bytes_each > most_bytes))
    return images::fault::too_big;
  return std::nullopt;
}

/// How much a JPEG may be shrunk while it is decoded; what is left is at least twice the box.
int shrink_for(VipsImage* header, int box, bool covers) {
  if (!loader_of(header).starts_with("jpeg"))
    return 1;
  const int side =
    covers ? std::min(header->Xsize, header->Ysize) : std::max(header->Xsize, header->Ysize);
  int shrink = 8;
  while (shrink > 1 && side / shrink < 2 * box)
    shrink /= 2;
  return shrink;
}

/// The profile to convert to, none for what is in sRGB or grey already: libvips would take it
/// through XYZ, which takes longer than all the rest and darkens what is dark.
const char* profile_for(VipsImage* header) {
  const bool is_ours =
    header->Type == VIPS_INTERPRETATION_sRGB || header->Type == VIPS_INTERPRETATION_B_W;
  return is_ours && vips().image_get_typeof(header, VIPS_META_ICC_NAME) == 0 ? nullptr : "srgb";
}

/// Upright, in sRGB, no larger than the box unless `size` says so; what the picture shows of
/// nothing is white. Decodes no more than it needs.
image_ptr load(const std::string& path, int width, int height, VipsSize size,
               VipsInteresting crop = VIPS_INTERESTING_NONE) {
  const auto header = open_picture(path, 1);
  if (!header)
    return nullptr;
  const int shrink =
    shrink_for(header.get(), std::max(width, height), crop != VIPS_INTERESTING_NONE);
  auto image = then(open_picture(path, shrink), [&](VipsImage* x, VipsImage** to) {
    return vips().thumbnail_image(x, to, width, "height", height, "size", size, "crop", crop,
                                  "export_profile", profile_for(header.get()), nullptr);
  });
  if (!image)
    return nullptr;
  if (vips().image_hasalpha(image.get()))
    image = then(std::move(image), [](VipsImage* x, VipsImage** to) {
      const std::unique_ptr<VipsArrayDouble, void (*)(VipsArrayDouble*)> white{
        vips().array_double_newv(1, 255.0),
        [](VipsArrayDouble* array) { vips().area_unref(&array->area); }};
      return vips().flatten(x, to, "background", white.get(), nullptr);
    });
  return then(std::move(image), [](VipsImage* x, VipsImage** to) {
    return vips().colourspace(x, to, VIPS_INTERPRETATION_sRGB, nullptr);
  });
}

/// Small blurred and enlarged is as good as large blurred, for a four-hundredth of the work.
image_ptr blurred(const std::string& path, int width, int height) {
  constexpr int shrink = 20;
  auto small = load(path, width / shrink, height / shrink, VIPS_SIZE_BOTH, VIPS_INTERESTING_CENTRE);
  small = then(std::move(small),
               [](VipsImage* x, VipsImage** to) { return vips().gaussblur(x, to, 2.0, nullptr); });
  return then(std::move(small), [](VipsImage* x, VipsImage** to) {
    return vips().resize(x, to, shrink, "kernel", VIPS_KERNEL_CUBIC, nullptr);
  });
}

image_ptr framed(const std::string& path) {
  const auto [width, height] = images::vertical_frame;
  const auto whole = load(path, width, height, VIPS_SIZE_BOTH);
  if (!whole)
    return nullptr;
  return then(blurred(path, width, height), [&](VipsImage* x, VipsImage** to) {
    return vips().insert(x, whole.get(), to, (width - whole->Xsize) / 2,
                         (height - whole->Ysize) / 2, nullptr);
  });
}

/// Decoding happens here. Into memory first: what fails there is the picture's fault, what fails
/// afterwards the disk's.
outcome save(const image_ptr& image, const std::string& to, const images::description& found) {
  void* buffer = nullptr;
  size_t length = 0;
  if (!image
      || vips().jpegsave_buffer(image.get(), &buffer, &length, "Q", jpeg_quality, "strip", TRUE,
                                "optimize_coding", TRUE, nullptr)
           != 0) {
    log::info("pictures.refused", "error", last_error());
    return faulty(images::fault::broken, found);
  }
  const std::unique_ptr<void, void (*)(void*)> owner{buffer, vips().free};
  outcome result;
  result.found = found;
  result.made = {images::format::jpeg, image->Xsize, image->Ysize, false};
  result.bytes = static_cast<int64_t>(length);
  std::ofstream file{to, std::ios::binary | std::ios::trunc};
  file.write(static_cast<const char*>(buffer), static_cast<std::streamsize>(length));
  file.close();
  if (!file)
    result.error = "cannot write a prepared photo";
  return result;
}

outcome make(const std::string& from, const std::string& to,
             const std::function<image_ptr(const std::string&)>& by) {
  if (!is_ready()) {
    outcome result;
    result.error = "libvips does not start";
    return result;
  }
  images::description found;
  if (const auto fault = read_header(from, found))
    return faulty(*fault, found);
  return save(by(from), to, found);
}

} // namespace

outcome prepare(const std::string& from, const std::string& to, int side) {
  return make(from, to,
              [side](const std::string& path) { return load(path, side, side, VIPS_SIZE_DOWN); });
}

outcome frame_vertically(const std::string& from, const std::string& to) {
  return make(from, to, framed);
}

bool reads_heic() {
  return is_ready() && vips().type_from_name("VipsForeignLoadHeif") != 0;
}

} // namespace neurocards::pictures
