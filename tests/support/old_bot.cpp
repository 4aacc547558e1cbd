#include "tests/support/old_bot.hpp"

#include "tests/support/folders.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace neurocards::test {

namespace {

namespace fs = std::filesystem;
using values = std::map<std::string, std::string>;

std::string content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Everything that constraints once forbade is among the rows: they are gone in part 2 of the
// sample.
const char* const later_rows = R"(
TRUNCATE users, jobs, credits_history, pricing_plans, payments CASCADE;
ALTER TABLE jobs DROP CONSTRAINT jobs_user_id_fkey;
ALTER TABLE payments DROP CONSTRAINT payments_user_id_fkey;
INSERT INTO users (tg_user_id, username, first_name, credits, created_at)
SELECT 1000 + i % 980, CASE i % 7 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'user_' || i END,
       CASE i % 9 WHEN 0 THEN 'Ёжик <b>&' END,
       CASE i % 11 WHEN 0 THEN NULL WHEN 1 THEN -i % 50 ELSE (random() * 50)::int END,
       CASE WHEN i % 13 > 0 THEN now() - random() * interval '200 days' END
  FROM generate_series(1, 1000) i;
INSERT INTO jobs (id, tg_user_id, product_name, product_image_url, product_text, extra_wishes,
                  idempotency_key, prompt, kie_task_id, status, video_url, video_file_id, error,
                  error_details, attempts, created_at, started_at, finished_at)
SELECT 'job-' || i, CASE WHEN i % 97 = 0 THEN 500000 + i ELSE 1000 + (random() * 979)::int END,
       'product ' || i,
       CASE WHEN i % 17 = 0 THEN NULL WHEN i % 19 = 0 THEN '../../etc/passwd'
            WHEN i % 23 = 0 THEN 'gone/' || i || '.jpg' ELSE 'shared/' || i % 50 || '.jpg' END,
       (ARRAY['{"text": "чайник \u2615"}', 'plain', '{"text": "\u0000"}', '{half', '', NULL,
              '{"text": "\ud83e"}', repeat('длинно ', 500)])[1 + i % 8],
       (ARRAY['', '-', NULL, 'тёплый свет'])[1 + i % 4], CASE WHEN i % 5 > 0 THEN i || '_' || i % 5 END,
       repeat('p', i % 100), CASE WHEN i % 3 > 0 THEN 'task-' || i % 2000 END,
       (ARRAY['queued', 'processing', 'completed', 'failed', 'completed', 'done', NULL, 'strange',
              'completed', ''])[1 + (random() * 9)::int],
       'https://files.example/' || i, CASE i % 4 WHEN 0 THEN '' WHEN 1 THEN NULL ELSE 'file-' || i END,
       (ARRAY['', NULL, 'boom'])[1 + i % 3],
       (ARRAY['{"template_id": "ad"}', 'null', '[]', '"{\"template_id\": \"self\"}"', NULL,
              '{"template_id": "self", "user_prompt": "waves"}', '{"template_id": 7}'])[1 + i % 7]::jsonb,
       (random() * 6)::int - 1, CASE WHEN i % 29 > 0 THEN t END,
       CASE WHEN i % 2 = 0 THEN t + (random() - 0.3) * interval '1 hour' END,
       CASE WHEN i % 3 = 0 THEN t + (random() - 0.3) * interval '2 hours' END
  FROM generate_series(1, 3000) i
 CROSS JOIN LATERAL (SELECT now() - random() * CASE WHEN i % 2 = 0 THEN interval '20 hours'
                                                    ELSE interval '120 days' END) x(t);
INSERT INTO credits_history (tg_user_id, amount, operation_type, description)
SELECT 1000 + i % 2000, i % 7 - 3, 'bonus', 'row ' || i FROM generate_series(1, 2000) i;
INSERT INTO pricing_plans (name, name_ru, credits_amount, price_rub)
SELECT 'plan ' || i, 'пакет', i, 100 FROM generate_series(1, 4) i;
INSERT INTO payments (user_id, tg_user_id, amount_rub, credits_purchased, status, payment_provider,
                      payment_id, completed_at)
SELECT gen_random_uuid(), 1000 + i, CASE WHEN i % 3 > 0 THEN i + 0.99 END, i % 6 - 1,
       (ARRAY['completed', 'pending', 'failed', 'refunded', 'completed'])[1 + i % 5], 'yookassa',
       CASE WHEN i % 4 > 0 THEN 'pay-' || i % 90 END, now() - random() * interval '90 days'
  FROM generate_series(1, 200) i;
)";

const char* const earlier_rows = R"(
TRUNCATE generation_a.users, generation_a.jobs;
INSERT INTO generation_a.users (tg_user_id, username, credits, created_at)
SELECT 2000 + i, 'older_' || i, (random() * 9)::int, now() - random() * interval '300 days'
  FROM generate_series(1, 1000) i;
INSERT INTO generation_a.jobs (user_id, tg_user_id, template_id, input_photo_path, product_info,
                               extra_wishes, status, kie_task_id, output_url, error, attempts,
                               created_at, started_at, finished_at)
SELECT u.id, CASE WHEN i % 2 = 0 THEN u.tg_user_id END, (ARRAY['ugc', 'creative', 'ad'])[1 + i % 3],
       'shared/' || i % 50 || '.jpg', (ARRAY['{"text": "старое"}', '"plain"', NULL])[1 + i % 3]::jsonb,
       CASE WHEN i % 3 = 0 THEN '-' END,
       (ARRAY['queued', 'processing', 'done', 'failed'])[1 + (random() * 3)::int],
       CASE WHEN i % 4 > 0 THEN 'task-' || i END, NULL, CASE WHEN i % 5 > 0 THEN 'boom' END, i % 4, t,
       CASE WHEN i % 2 = 0 THEN t END, CASE WHEN i % 3 = 0 THEN t + interval '1 hour' END
  FROM generate_series(1, 3000) i
  JOIN generation_a.users u ON u.tg_user_id = 2001 + i % 1000
 CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE 'UTC') - random() * interval '3 days' + i * interval '0 s') x(t);
)";

const char* const fewer_columns = R"(
ALTER TABLE users DROP COLUMN first_name, DROP COLUMN last_name, DROP COLUMN updated_at,
  DROP COLUMN username CASCADE;
ALTER TABLE jobs DROP COLUMN idempotency_key, DROP COLUMN error_details, DROP COLUMN credits_deducted,
  DROP COLUMN user_id, DROP COLUMN attempts, DROP COLUMN extra_wishes, DROP COLUMN started_at,
  ADD COLUMN by_hand money DEFAULT 7;
DROP TABLE payments, pricing_plans;
)";

values pairs(empty_database& db, const std::string& query) {
  values result;
  for (const auto& row : db.sql(query))
    result[row[0].c_str()] = row[1].is_null() ? "NULL" : row[1].c_str();
  return result;
}

void compare(const std::string& subject, const values& before, const values& after,
             std::vector<std::string>& lost) {
  for (const auto& [key, value] : before)
    if (const auto found = after.find(key); found == after.end() || found->second != value)
      lost.push_back(subject + " " + key + ": was " + value + ", is "
                     + (found == after.end() ? "missing" : found->second));
  for (const auto& [key, value] : after)
    if (!before.contains(key))
      lost.push_back(subject + " " + key + ": comes from nowhere");
}

bool has_table(empty_database& db, const std::string& name) {
  return db.value("SELECT to_regclass('" + name + "') IS NOT NULL") == "t";
}

/// Whether a column is there, else NULL in its place.
std::string column_or_null(empty_database& db, const std::string& name) {
  return db.value(
           "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('jobs') AND attname = '"
           + name + "'")
             == "1"
           ? name
           : "NULL::text";
}

void compare_money(old_installation& old, empty_database& ours, std::vector<std::string>& lost) {
  const std::string balances =
    "SELECT tg_user_id, greatest(sum(coalesce(credits, 0)), 0) FROM users GROUP BY 1";
  auto before = pairs(old.db, balances);
  auto after = pairs(ours, "SELECT u.tg_user_id, u.credits - (SELECT count(*) FROM jobs j JOIN "
                           "notifications n ON n.job_id = j.id AND n.sent_at IS NULL WHERE "
                           "j.tg_user_id = u.tg_user_id AND j.status = 'failed') FROM users u");
  for (const auto& [user, credits] : after) // those whom only jobs or payments knew
    if (credits == "0")
      before.try_emplace(user, "0");
  compare("balance of", before, after, lost);
  if (!has_table(old.db, "payments"))
    return;
  const auto paid =
    old.db.value("SELECT count(*) || ' of ' || coalesce(sum(credits_purchased), 0) FROM "
                 "payments WHERE status = 'completed' AND credits_purchased > 0");
  const auto here =
    ours.value("SELECT count(*) || ' of ' || coalesce(sum(credits), 0) FROM payments");
  if (paid != here)
    lost.push_back("payments: were " + paid + ", are " + here);
}

void compare_jobs(old_installation& old, empty_database& ours, std::vector<std::string>& lost) {
  compare("status of",
          pairs(old.db,
                "SELECT id::text, CASE WHEN status IN ('completed', 'done') THEN 'completed' WHEN "
                "status = 'failed' THEN 'failed' ELSE 'open' END FROM jobs"),
          pairs(ours,
                "SELECT substr(idempotency_key, 8), CASE WHEN status = 'queued' OR EXISTS (SELECT "
                "FROM notifications n WHERE n.job_id = j.id AND n.sent_at IS NULL AND n.kind = "
                "'job_failed') THEN 'open' ELSE status END FROM jobs j"),
          lost);
  compare("file id of",
          pairs(old.db, "SELECT id::text, nullif(" + column_or_null(old.db, "video_file_id")
                          + ", '') FROM jobs"),
          pairs(ours, "SELECT substr(idempotency_key, 8), video_file_id FROM jobs"), lost);
}

void compare_archive(old_installation& old, empty_database& ours, std::vector<std::string>& lost) {
  for (const std::string table : {"credits_history", "pricing_plans"}) {
    if (!has_table(old.db, table))
      continue;
    const std::string sum =
      "SELECT count(*) || ' ' || coalesce(md5(string_agg(x::text, '' ORDER BY "
      "x::text COLLATE \"C\")), '') FROM ";
    old.db.sql("SET TimeZone = 'UTC'");
    const auto before = old.db.value(sum + "(SELECT to_jsonb(t) AS x FROM " + table + " t) y");
    const auto after =
      ours.value(sum + "(SELECT content AS x FROM imported_rows WHERE source = '" + table + "') y");
    if (before != after)
      lost.push_back(table + ": was " + before + ", is " + after);
  }
}

void compare_photos(old_installation& old, empty_database& ours, const std::string& our_storage,
                    std::vector<std::string>& lost) {
  for (const auto& row : ours.sql("SELECT DISTINCT product_image_url FROM jobs WHERE "
                                  "product_image_url IS NOT NULL")) {
    const std::string key = row[0].c_str();
    const auto before = content_of(old.storage.file(key));
    if (before.empty() || content_of(our_storage + "/" + key) != before)
      lost.push_back("photo " + key + " differs");
  }
}

} // namespace

old_installation::old_installation() {
  db.sql(content_of(test::in_source("tests/data/old_bot/sample.sql")));
  make_photos();
}

old_installation::old_installation(old_generation generation, int seed) : generation_(generation) {
  db.sql(content_of(test::in_source("tests/data/old_bot/sample.sql")));
  db.sql("SELECT setseed(" + std::to_string(seed) + " / 100.0)");
  db.sql(generation == old_generation::earlier ? earlier_rows : later_rows);
  if (generation == old_generation::bare)
    db.sql(fewer_columns);
  if (generation == old_generation::earlier)
    db.sql("SET search_path = generation_a");
  make_photos();
}

std::map<std::string, std::string> old_installation::variables() const {
  auto url = db.url();
  if (generation_ == old_generation::earlier)
    url += (url.find('?') == std::string::npos ? "?" : "&")
           + std::string{"options=-csearch_path%3Dgeneration_a"};
  return {{"OLD_DATABASE_URL", url}, {"OLD_STORAGE", storage.path()}};
}

void old_installation::make_photos() {
  const std::string column =
    generation_ == old_generation::earlier ? "input_photo_path" : "product_image_url";
  const auto picture = content_of(test::in_source("tests/data/mug.jpg"));
  for (const auto& row :
       db.sql("SELECT DISTINCT regexp_replace(" + column
              + ", '^/?(inputs/)*', '') FROM "
                "jobs WHERE "
              + column + " ~ '^[a-z0-9/]' AND " + column + " NOT LIKE 'gone/%'")) {
    const auto file = fs::path{storage.file("inputs")} / row[0].c_str();
    fs::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary} << picture << row[0].c_str(); // no two are the same
  }
}

std::vector<std::string> lost_in_import(old_installation& old, empty_database& ours,
                                        const std::string& our_storage) {
  std::vector<std::string> lost;
  compare_money(old, ours, lost);
  compare_jobs(old, ours, lost);
  compare_archive(old, ours, lost);
  compare_photos(old, ours, our_storage, lost);
  return lost;
}

} // namespace neurocards::test
