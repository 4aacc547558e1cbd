#include "node/spare_memory.hpp"

#include "base/log.hpp"

#include <malloc.h>
#include <unistd.h>

#include <fstream>

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
  const auto x = ::mallinfo2();
  return x.uordblks + x.hblkhd;
}

} // namespace

void give_spare_memory_back() {
  const auto before = resident_bytes();
  if (before <= spare_memory_kept || !is_much_spare(before, bytes_in_use()))
    return; // counting what is in use is not for nothing either
  ::malloc_trim(0);
  log::info("node.memory_given_back", "mebibytes", (before - resident_bytes()) >> 20);
}

} // namespace neurocards
