#include "actors/lost_chats.hpp"

#include <doctest/doctest.h>

using namespace neurocards;

namespace {

const chat_id ann{501};
const chat_id ben{502};

bool held(lost_chats& chats, chat_id chat, int64_t number) {
  telegram::incoming update;
  update.update = update_id{number};
  update.chat = chat;
  return chats.hold_back(chat, update);
}

std::vector<int64_t> numbers(const std::vector<telegram::incoming>& updates) {
  std::vector<int64_t> result;
  for (const auto& x : updates)
    result.push_back(x.update.value);
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/actors/lost_chats");

TEST_CASE("lost chats: what comes for one is held back until a later replay has ended") {
  lost_chats chats;
  CHECK_FALSE(held(chats, ann, 1));
  chats.lose(ann);
  CHECK(chats.any());
  CHECK(held(chats, ann, 2));
  CHECK(held(chats, ann, 3));
  CHECK_FALSE(held(chats, ben, 4));
  CHECK(chats.held_back() == 2);
  chats.begin_replay();
  CHECK_FALSE(chats.waits_for_another_replay(ann));
  CHECK(numbers(chats.end_replay()) == std::vector<int64_t>{2, 3});
  CHECK(chats.held_back() == 0);
  CHECK_FALSE(chats.any());
  CHECK_FALSE(held(chats, ann, 5));
}

TEST_CASE("lost chats: one that is lost during a replay waits for the next") {
  lost_chats chats;
  chats.begin_replay();
  chats.lose(ann);
  CHECK(held(chats, ann, 1));
  CHECK(chats.waits_for_another_replay(ann));
  CHECK_FALSE(chats.waits_for_another_replay(ben));
  CHECK(chats.end_replay().empty());
  CHECK(chats.contains(ann));
  chats.begin_replay();
  CHECK_FALSE(chats.waits_for_another_replay(ann));
  CHECK(numbers(chats.end_replay()) == std::vector<int64_t>{1});
}

TEST_CASE("lost chats: all are lost until a replay that begins later has ended") {
  lost_chats chats;
  chats.begin_replay();
  chats.lose_all();
  CHECK(held(chats, ann, 1));
  CHECK(chats.end_replay().empty()); // that one had begun before
  CHECK(held(chats, ben, 2));
  chats.begin_replay();
  CHECK(chats.end_replay().size() == 2);
  CHECK_FALSE(held(chats, ann, 3));
}

TEST_CASE("lost chats: what is forgotten is neither held nor brought") {
  lost_chats chats;
  chats.lose_all();
  CHECK(held(chats, ann, 1));
  chats.forget();
  CHECK(chats.held_back() == 0);
  CHECK_FALSE(held(chats, ann, 2));
  chats.begin_replay();
  CHECK(chats.end_replay().empty());
}

TEST_SUITE_END();
