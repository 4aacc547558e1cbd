#include "actors/upload_slots.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace neurocards;

TEST_SUITE_BEGIN("unit/actors/upload_slots");

TEST_CASE("upload_slots: so many at once, first come, first served, the gone are skipped") {
  upload_slots slots{2};
  std::string begun;
  const auto uploader = [&](char name, bool wanted = true) {
    return [&begun, name, wanted] {
      if (wanted)
        begun += name;
      return wanted;
    };
  };
  slots.acquire(uploader('a'));
  slots.acquire(uploader('b'));
  slots.acquire(uploader('c'));
  slots.acquire(uploader('x', false));
  slots.acquire(uploader('d'));
  CHECK(begun == "ab");
  slots.release();
  CHECK(begun == "abc");
  slots.release();
  CHECK(begun == "abcd");
  slots.acquire(uploader('e'));
  slots.stop(); // nobody waits any more
  slots.release();
  CHECK(begun == "abcd");
}

TEST_SUITE_END();
