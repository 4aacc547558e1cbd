#include "node/spare_memory.hpp"

#include "base/sanitizer.hpp"

#include <fstream>
#include <memory>
#include <vector>

#include <doctest/doctest.h>

using namespace neurocards;

namespace {

constexpr size_t mebibyte = 1 << 20;

// Sanitizers bring an allocator of their own.
constexpr bool foreign_allocator = has_address_sanitizer || has_thread_sanitizer;

size_t resident_mebibytes() {
  std::ifstream in{"/proc/self/statm"};
  size_t whole = 0;
  size_t resident = 0;
  in >> whole >> resident;
  return resident * 4096 / mebibyte;
}

} // namespace

TEST_SUITE_BEGIN("unit/node/spare_memory");

TEST_CASE("spare memory: much of it is what stays resident and is in no use") {
  CHECK_FALSE(is_much_spare(300 * mebibyte, 290 * mebibyte));
  CHECK_FALSE(is_much_spare(100 * mebibyte, 4 * mebibyte));
  CHECK(is_much_spare(101 * mebibyte, 4 * mebibyte));
  CHECK_FALSE(is_much_spare(10 * mebibyte, 400 * mebibyte)); // most is swapped out
}

TEST_CASE("spare memory: what a burst leaves behind is given back"
          * doctest::skip(foreign_allocator)) {
  std::vector<std::unique_ptr<char[]>> blocks;
  for (size_t i = 0; i < 200 * 1024; ++i) {
    blocks.push_back(std::make_unique<char[]>(1000));
    blocks.back()[0] = 1;
  }
  auto last = std::make_unique<char[]>(1000); // glibc gives the end of its heap back by itself
  const auto full = resident_mebibytes();
  blocks.clear();
  REQUIRE(resident_mebibytes() + 50 > full);
  give_spare_memory_back();
  CHECK(resident_mebibytes() + 150 < full);
  give_spare_memory_back(); // there is nothing left to give
  CHECK(last[0] == 0);
}

TEST_SUITE_END();
