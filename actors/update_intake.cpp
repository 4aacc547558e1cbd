#include "actors/update_intake.hpp"

#include "base/log.hpp"

namespace neurocards {

namespace {

std::string without_content(update_id id) {
  return R"({"update_id":)" + to_string(id) + "}";
}

} // namespace

update_intake::update_intake(telegram_gateway_actor::pointer self, intake_store_actor store,
                             uuid receiver)
  : self_(self), store_(std::move(store)), receiver_(receiver) {}

void update_intake::put(rows updates, callback done) {
  store::put_updates request{updates, receiver_};
  self_->request(store_, caf::infinite, std::move(request))
    .then([done](store::update_ids& fresh) { done(std::move(fresh.fresh)); },
          [this, updates = std::move(updates), done](const caf::error& reason) mutable {
            if (reason == ec::rejected)
              on_refused(std::move(updates), reason, std::move(done));
            else
              done(reason);
          });
}

void update_intake::on_refused(rows updates, const caf::error& reason, callback done) {
  if (updates.size() > 1) {
    const auto middle = updates.begin() + static_cast<std::ptrdiff_t>(updates.size() / 2);
    rows second(std::make_move_iterator(middle), std::make_move_iterator(updates.end()));
    updates.erase(middle, updates.end());
    put(std::move(updates), [this, second = std::move(second), done](auto first) mutable {
      if (!first)
        return done(first.error());
      put(std::move(second), [first = std::move(*first), done](auto others) mutable {
        if (others)
          others->insert(others->begin(), first.begin(), first.end());
        done(std::move(others));
      });
    });
    return;
  }
  auto& row = updates.front();
  log::error("update_intake.refused", "update", row.id, "kind", row.kind, "error", reason);
  const auto bare = without_content(row.id);
  if (row.body == bare)
    return done(std::vector<update_id>{}); // not even its number can be stored: given up
  row.body = bare;
  put(std::move(updates), std::move(done));
}

store::inbox_update to_row(const telegram::received_update& x) {
  return {x.parsed.update, x.parsed.chat, x.kind, x.raw};
}

} // namespace neurocards
