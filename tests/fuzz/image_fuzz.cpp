#include "domain/images.hpp"
#include "domain/videos.hpp"
#include "tests/fuzz/fuzz.hpp"

// The leading bytes of pictures and videos.

using namespace neurocards;
using namespace neurocards::test::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto found = images::sniff(bytes);
  if (found)
    require((found->width > 0) == (found->height > 0) && found->width >= 0
              && found->width <= 1'000'000 && found->height <= 1'000'000,
            "a size is whole and sane, or not known");
  const images::limits limits;
  for (const auto from : {images::origin::photo, images::origin::document})
    for (const int64_t more : {int64_t{0}, int64_t{1}, limits.max_bytes}) {
      const auto verdict = images::check(bytes, static_cast<int64_t>(size) + more, from, limits);
      require(!verdict.accepted() || found, "what is accepted is an image");
      if (verdict.accepted() && verdict.picture.width > 0)
        require(std::max(verdict.picture.width, verdict.picture.height) <= limits.max_side,
                "what is accepted is within the limits");
      if (!verdict.accepted())
        require(!images::to_string(*verdict.reason).empty(), "every fault has a name");
    }
  require(!(videos::is_video(bytes) && found), "no picture is a video");
  return 0;
}
