#include "actors/chat_queues.hpp"

#include <doctest/doctest.h>

using namespace neurocards;

namespace {

const chat_id ann{1};
const chat_id bob{2};

store::notification notification(int64_t id, chat_id chat) {
  store::notification result;
  result.id = notification_id{id};
  result.chat = chat;
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/actors/chat_queues");

TEST_CASE("chat_queues: a chat is fresh until its first is taken, then the others wait in order") {
  chat_queues queues;
  CHECK(queues.add({notification(1, ann), notification(2, bob), notification(3, ann)})
        == std::vector{ann, bob});
  CHECK(queues.held() == 3);
  CHECK(queues.take(ann)->id == notification_id{1});
  CHECK(queues.add({notification(4, ann)}).empty());
  queues.finish(ann);
  CHECK(queues.held() == 3);
  CHECK(queues.take(ann)->id == notification_id{3});
  queues.finish(ann);
  CHECK(queues.take(ann)->id == notification_id{4});
  queues.finish(ann);
  CHECK_FALSE(queues.take(ann));
  CHECK(queues.forget(ann)); // a page may hold only some of a long queue
  CHECK(queues.held() == 1);
}

TEST_CASE("chat_queues: who is skipped by a read is read for again when he is forgotten") {
  chat_queues queues;
  queues.add({notification(1, ann)});
  queues.take(ann);
  CHECK(queues.skip_in_next_read() == std::vector{ann});
  queues.finish(ann);
  CHECK(queues.forget(ann));
  queues.add({notification(2, bob)});
  queues.take(bob);
  queues.finish(bob);
  CHECK_FALSE(queues.forget(bob)); // nothing was said of him meanwhile
  CHECK(queues.empty());
  CHECK(queues.held() == 0);
}

TEST_CASE("chat_queues: what waits is dropped without what is being dealt with") {
  chat_queues queues;
  queues.add({notification(1, ann), notification(2, ann), notification(3, ann)});
  queues.take(ann);
  queues.drop_waiting(ann);
  CHECK(queues.held() == 1);
  queues.finish(ann);
  CHECK_FALSE(queues.take(ann));
  CHECK(queues.held() == 0);
}

TEST_SUITE_END();
