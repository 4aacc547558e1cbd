#include "sandbox/kie/task_life.hpp"

#include <doctest/doctest.h>

using namespace neurocards::sandbox::kie;

namespace {

task_life life() {
  return {.created_at = 1000,
          .null_for = 50,
          .waiting_for = 100,
          .queuing_for = 100,
          .generating_for = 800};
}

} // namespace

TEST_SUITE_BEGIN("unit/sandbox/task_life");

TEST_CASE("task life: a task is unknown at first, then walks through its states to success") {
  auto x = life();
  x.ready_at = 1300;
  CHECK(x.state_at(1000) == task_state::unknown);
  CHECK(x.state_at(1049) == task_state::unknown);
  CHECK(x.state_at(1050) == task_state::waiting);
  CHECK(x.state_at(1100) == task_state::queuing);
  CHECK(x.state_at(1200) == task_state::generating);
  CHECK(x.state_at(1999) == task_state::generating);
  CHECK(x.state_at(2000) == task_state::success);
  CHECK(x.end() == 2000);
}

TEST_CASE("task life: a task goes on generating until its video is there") {
  auto x = life();
  CHECK(x.state_at(99'000) == task_state::generating);
  CHECK_FALSE(x.end());
  CHECK(x.progress(99'000) == 99);
  x.ready_at = 2500;
  CHECK(x.state_at(2499) == task_state::generating);
  CHECK(x.state_at(2500) == task_state::success);
}

TEST_CASE("task life: a task that fails needs no video") {
  auto x = life();
  x.fails = true;
  CHECK(x.state_at(1999) == task_state::generating);
  CHECK(x.state_at(2000) == task_state::fail);
}

TEST_CASE("task life: a task can be ended early either way") {
  auto x = life();
  x.ended_early = 1150;
  CHECK(x.state_at(1149) == task_state::queuing);
  CHECK(x.state_at(1150) == task_state::success);
  x.fails = true;
  CHECK(x.state_at(1150) == task_state::fail);
}

TEST_CASE("task life: progress rises from 0 to 99 while generating and is 100 only at the end") {
  auto x = life();
  x.ready_at = 0;
  CHECK(x.progress(1150) == 0);
  CHECK(x.progress(1200) == 0);
  CHECK(x.progress(1600) == 50);
  CHECK(x.progress(1999) == 99);
  CHECK(x.progress(2000) == 100);
}

TEST_SUITE_END();
