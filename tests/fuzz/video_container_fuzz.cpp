#include "domain/video_container.hpp"
#include "tests/fuzz/fuzz.hpp"

// Whole MP4 and MOV files.

using namespace neurocards;
using namespace neurocards::test::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view file{reinterpret_cast<const char*>(data), size};
  const auto read = [&](int64_t offset, size_t bytes) {
    require(offset >= 0, "nothing before the beginning is read");
    const auto position = static_cast<size_t>(offset);
    return position >= file.size() ? std::string{} : std::string{file.substr(position, bytes)};
  };
  const auto found = videos::facts_of(read, static_cast<int64_t>(size));
  require(found.width >= 0 && found.width <= 16'384 && found.height >= 0 && found.height <= 16'384,
          "a size is sane");
  require((found.width > 0) == (found.height > 0), "a size is whole");
  require(found.seconds >= 0 && found.seconds <= 24 * 3600, "a length is sane");
  return 0;
}
