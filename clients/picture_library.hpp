#pragma once

#include <vips/vips.h>
// needs what stands above
#include <vips/vector.h>

namespace neurocards::pictures {

/// The functions of libvips, and of GLib below it, that are used here, as LIST(PREFIX, NAME).
#define NEUROCARDS_PICTURE_FUNCTIONS(LIST)                                                         \
  LIST(vips_, init)                                                                                \
  LIST(vips_, error_buffer)                                                                        \
  LIST(vips_, error_clear)                                                                         \
  LIST(vips_, concurrency_set)                                                                     \
  LIST(vips_, cache_set_max)                                                                       \
  LIST(vips_, vector_set_enabled)                                                                  \
  LIST(vips_, block_untrusted_set)                                                                 \
  LIST(vips_, operation_block_set)                                                                 \
  LIST(vips_, source_new_from_file)                                                                \
  LIST(vips_, image_new_from_source)                                                               \
  LIST(vips_, image_get_typeof)                                                                    \
  LIST(vips_, image_get_string)                                                                    \
  LIST(vips_, image_get_orientation_swap)                                                          \
  LIST(vips_, image_hasalpha)                                                                      \
  LIST(vips_, format_sizeof)                                                                       \
  LIST(vips_, thumbnail_image)                                                                     \
  LIST(vips_, array_double_newv)                                                                   \
  LIST(vips_, area_unref)                                                                          \
  LIST(vips_, flatten)                                                                             \
  LIST(vips_, colourspace)                                                                         \
  LIST(vips_, gaussblur)                                                                           \
  LIST(vips_, resize)                                                                              \
  LIST(vips_, insert)                                                                              \
  LIST(vips_, jpegsave_buffer)                                                                     \
  LIST(g_, log_set_handler)                                                                        \
  LIST(g_, type_from_name)                                                                         \
  LIST(g_, object_unref)                                                                           \
  LIST(g_, free)

/// libvips, which brings some sixty other libraries and 12 MB of memory with it: loaded when the
/// first photo comes, so that a node that sees none is spared them. Members are named as its
/// functions, without their prefix.
struct picture_library {
#define NEUROCARDS_MEMBER(PREFIX, NAME) decltype(&::PREFIX##NAME) NAME = nullptr;
  NEUROCARDS_PICTURE_FUNCTIONS(NEUROCARDS_MEMBER)
#undef NEUROCARDS_MEMBER

  /// Empty, or why it cannot be used.
  const char* fault = "";
};

/// Loads it, once per process.
picture_library load_picture_library();

} // namespace neurocards::pictures
