#include "tests/support/bulk_jobs.hpp"

#include "tests/support/process.hpp"

namespace neurocards::test {

void add_bulk_jobs(migrated_database& db, int64_t user, int64_t count, const std::string& key,
                   int64_t first) {
  const std::string photo = "SELECT product_image_url FROM jobs ORDER BY created_at, id LIMIT 1";
  // Without it, every one of them would fail for its photo.
  test::wait_until("a job with a photo",
                   [&] { return db.number("SELECT count(*) FROM (" + photo + ") AS x") == 1; });
  db.sql("SELECT count(*) FROM generate_series(" + std::to_string(first) + ", "
         + std::to_string(first + count - 1) + ") AS i, LATERAL create_job_and_consume_credit("
         + std::to_string(user) + ", 'ad', '" + key + ":' || i, (" + photo
         + "), jsonb_build_object('product_name', 'mug', 'product_text', 'mug', 'kind', 'ad', "
           "'template_id', 'ad'))");
}

} // namespace neurocards::test
