#include "domain/send_remedy.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using outbox::remedy;
using outbox::tried_message;
using telegram::send_result;

TEST_SUITE_BEGIN("unit/domain/send_remedy");

TEST_CASE("send_remedy: what was refused is sent in another form, in each at most once") {
  const tried_message text{};
  const tried_message bare{.plain = true};
  const tried_message placed{.placed = true};
  const tried_message moved{.moved = true};
  const tried_message by_id{.video = true, .by_id = true};
  const tried_message upload{.video = true};
  struct row {
    send_result result;
    tried_message tried;
    remedy expected;
  };
  for (const auto& x : {
         row{send_result::migrated, text, remedy::new_chat},
         row{send_result::migrated, moved, remedy::none},
         row{send_result::migrated, by_id, remedy::new_chat},
         row{send_result::misplaced, placed, remedy::no_place},
         row{send_result::misplaced, text, remedy::none},
         row{send_result::plain, text, remedy::plain},
         row{send_result::plain, bare, remedy::none},
         row{send_result::plain, upload, remedy::plain},
         row{send_result::upload_again, by_id, remedy::upload},
         row{send_result::upload_again, upload, remedy::link},
         row{send_result::upload_again, text, remedy::none},
         row{send_result::send_link, by_id, remedy::link},
         row{send_result::send_link, upload, remedy::link},
         row{send_result::drop, by_id, remedy::upload},
         row{send_result::drop, upload, remedy::link},
         row{send_result::drop, text, remedy::none},
       }) {
    CAPTURE(telegram::to_string(x.result));
    CAPTURE(x.tried.video);
    CAPTURE(x.tried.by_id);
    CHECK(outbox::remedy_for(x.result, x.tried) == x.expected);
  }
}

TEST_SUITE_END();
