#include "clients/picture_library.hpp"

#include <dlfcn.h>

namespace neurocards::pictures {

namespace {

/// The name says which binary interface it has: that of the headers we are compiled with.
constexpr auto file = "libvips.so.42";

template <class Function>
bool find(void* library, const char* name, Function& to) {
  to = reinterpret_cast<Function>(::dlsym(library, name));
  return to != nullptr;
}

} // namespace

picture_library load_picture_library() {
  static_assert(VIPS_LIBRARY_CURRENT - VIPS_LIBRARY_AGE == 42);
  picture_library result;
  // It stays: its threads and those of what it loads may not outlive their code.
  void* const library = ::dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) {
    result.fault = "libvips.so.42 is not to be found";
    return result;
  }
#define NEUROCARDS_FIND(PREFIX, NAME)                                                              \
  if (!find(library, #PREFIX #NAME, result.NAME))                                                  \
    result.fault = "libvips lacks " #PREFIX #NAME;
  NEUROCARDS_PICTURE_FUNCTIONS(NEUROCARDS_FIND)
#undef NEUROCARDS_FIND
  return result;
}

} // namespace neurocards::pictures
