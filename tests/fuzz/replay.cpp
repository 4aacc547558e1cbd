#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

// Runs one fuzz target over the files of its corpus: `fuzz_replay NAME FOLDER`. A broken rule ends
// the process, with the file in question as the last line.

namespace {

struct target {
  const char* name;
  int (*run)(const uint8_t*, size_t);
};

#include "targets.inc"

} // namespace

int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  for (const auto& x : targets) {
    if (std::string{x.name} != argv[1])
      continue;
    int files = 0;
    for (const auto& file : std::filesystem::directory_iterator{argv[2]}) {
      std::ifstream in{file.path(), std::ios::binary};
      const std::vector<char> bytes{std::istreambuf_iterator<char>{in}, {}};
      std::cout << file.path().filename().string() << std::endl;
      x.run(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
      ++files;
    }
    std::cout << files << " files\n";
    return files > 0 ? 0 : 1;
  }
  return 2;
}
