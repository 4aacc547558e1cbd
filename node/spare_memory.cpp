#include "node/spare_memory.hpp"

#include "base/log.hpp"

#include <malloc.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>

/// Of jemalloc; null where the program was linked without it.
extern "C" [[gnu::weak]] int mallctl(const char* name, void* old, size_t* old_size, void* fresh,
                                     size_t fresh_size);

namespace neurocards {

namespace {

size_t resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  size_t whole = 0;
  size_t resident = 0;
  in >> whole >> resident; // in pages
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

size_t bytes_in_use() {
  if (mallctl != nullptr) {
    uint64_t epoch = 1;
    ::mallctl("epoch", nullptr, nullptr, &epoch, sizeof epoch); // counts anew
    size_t result = 0;
    size_t size = sizeof result;
    ::mallctl("stats.allocated", &result, &size, nullptr, 0);
    return result;
  }
  const auto x = ::mallinfo2();
  return x.uordblks + x.hblkhd;
}

void give_back() {
  if (mallctl != nullptr)
    ::mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0); // of all arenas
  else
    ::malloc_trim(0);
}

} // namespace

void give_spare_memory_back() {
  const auto before = resident_bytes();
  if (before <= spare_memory_kept || !is_much_spare(before, bytes_in_use()))
    return; // counting what is in use is not for nothing either
  give_back();
  log::info("node.memory_given_back", "mebibytes", (before - resident_bytes()) >> 20);
}

} // namespace neurocards
