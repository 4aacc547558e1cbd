#include "clients/crypto.hpp"
#include "clients/s3.hpp"
#include "clients/sigv4.hpp"
#include "raw_server.hpp"

#include <map>

using namespace neurocards;
using namespace neurocards::storage;
using namespace neurocards::test;

namespace {

/// A bucket in memory that computes the signature of each request anew from what arrived on the
/// wire, as a server does that knows the secret.
class fake_bucket {
public:
  void serve(raw_connection& c) {
    for (auto text = c.read_request(); !text.empty(); text = c.read_request()) {
      const auto end = text.find("\r\n\r\n");
      const std::lock_guard guard{mutex_};
      answer(c, text.substr(0, end), text.substr(end + 4));
    }
  }

  std::map<std::string, std::string> objects() {
    const std::lock_guard guard{mutex_};
    return objects_;
  }

private:
  static std::string header(const std::string& head, const std::string& name) {
    const auto position = head.find("\r\n" + name + ": ");
    if (position == std::string::npos)
      return {};
    const auto from = position + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
  }

  static bool signed_well(const std::string& head, const std::string& method,
                          const std::string& path, const sigv4::pairs& query) {
    sigv4::exchange x;
    x.method = method;
    x.path = path;
    x.query = query;
    x.payload_hash = header(head, "x-amz-content-sha256");
    x.headers = {{"host", header(head, "Host")},
                 {"x-amz-content-sha256", x.payload_hash},
                 {"x-amz-date", header(head, "x-amz-date")}};
    const sigv4::credentials who{"ID", secret{"SECRET"}, "us-east-1"};
    return header(head, "Authorization")
           == sigv4::authorization(who, header(head, "x-amz-date"), x);
  }

  void answer(raw_connection& c, const std::string& head, const std::string& body) {
    const auto method = head.substr(0, head.find(' '));
    auto target = head.substr(method.size() + 1);
    target.resize(target.find(' '));
    const auto mark = target.find('?');
    const auto path = target.substr(0, mark);
    const bool listing = mark != std::string::npos;
    const sigv4::pairs query =
      listing ? sigv4::pairs{{"list-type", "2"}, {"prefix", "p/"}} : sigv4::pairs{};
    if (!signed_well(head, method, path, query)) {
      c.answer("<Error><Code>SignatureDoesNotMatch</Code></Error>", "403 Forbidden");
    } else if (method == "PUT") {
      objects_[path] = header(head, "Content-Type") + "|" + body;
      c.answer("");
    } else if (method == "DELETE") {
      objects_.erase(path);
      c.write("HTTP/1.1 204 No Content\r\n\r\n");
    } else if (method == "HEAD") {
      c.write(path == "/inputs" ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    } else if (listing) {
      c.answer("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>p/1</Key>"
               "<Size>3</Size></Contents></ListBucketResult>");
    } else if (objects_.contains(path)) {
      c.answer(objects_[path]);
    } else {
      c.answer("<Error><Code>NoSuchKey</Code></Error>", "404 Not Found");
    }
  }

  std::mutex mutex_;
  std::map<std::string, std::string> objects_;
};

struct s3_fixture {
  scratch_directory here;
  fake_bucket bucket;
  raw_server server{[this](raw_connection& c) { bucket.serve(c); }};
  http::engine engine;
  s3_store store{config()};

  s3_config config() const {
    s3_config x;
    x.endpoint = server.url("");
    x.bucket = "inputs";
    x.access_key = secret{"ID"};
    x.secret_key = secret{"SECRET"};
    x.temporary_directory = here / "tmp";
    return x;
  }

  result run(const action& todo) {
    REQUIRE(todo.request);
    return todo.interpret(fetch(engine, *todo.request));
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/clients/s3_store");

TEST_CASE_FIXTURE(s3_fixture, "s3 store: put, fetch, list, delete, all signed") {
  const auto file = store.temporary_file(".jpg");
  write_file(file, "JPEG");
  const storage_key key{"p/a_b-c.jpg"};
  const auto kept = run(store.put(key, file, ""));
  CHECK(kept.ok());
  CHECK(kept.bytes == 4);
  CHECK(bucket.objects()["/inputs/p/a_b-c.jpg"] == "image/jpeg|JPEG");
  const auto got = run(store.fetch(key));
  REQUIRE(got.ok());
  CHECK(got.temporary);
  CHECK(read_file(got.file) == "image/jpeg|JPEG");
  CHECK(run(store.list("p/", "")).entries.size() == 1);
  CHECK(run(store.remove(key)).ok());
  CHECK(bucket.objects().empty());
  CHECK(run(store.remove(key)).ok());
  CHECK(run(store.fetch(key)).fault == fault::not_found);
  CHECK(run(store.check()).ok());
}

TEST_CASE_FIXTURE(s3_fixture, "s3 store: a wrong secret and a missing bucket are for operators") {
  auto wrong = config();
  wrong.secret_key = secret{"WRONG"};
  const auto x = run(s3_store{wrong}.check());
  CHECK(x.fault == fault::refused);
  auto missing = config();
  missing.bucket = "other";
  CHECK(run(s3_store{missing}.check()).fault == fault::refused);
}

TEST_CASE_FIXTURE(s3_fixture, "s3 store: a file that is not there, a key that cannot be") {
  CHECK(run(store.put(storage_key{"a"}, here / "missing", "")).fault == fault::invalid);
  const auto bad = store.fetch(storage_key{"../x"});
  CHECK(!bad.request);
  CHECK(bad.disk().fault == fault::invalid);
  CHECK(store.link(storage_key{"../x"}, clock::now(), 60s).empty());
}

TEST_CASE("s3 store: addresses of both styles") {
  scratch_directory here;
  s3_config x;
  x.endpoint = "https://s3.example:443/";
  x.bucket = "inputs";
  x.temporary_directory = here / "tmp";
  x.access_key = secret{"ID"};
  x.secret_key = secret{"SECRET"};
  const clock::time_point now{1767225600s};
  CHECK(s3_store{x}.fetch(storage_key{"a"}).request->url == "https://s3.example/inputs/a");
  CHECK(s3_store{x}.list("p", "t=").request->url
        == "https://s3.example/inputs?continuation-token=t%3D&list-type=2&prefix=p");
  x.path_style = false;
  CHECK(s3_store{x}.fetch(storage_key{"a"}).request->url == "https://inputs.s3.example/a");
  CHECK(s3_store{x}.check().request->url == "https://inputs.s3.example/");
  x.public_endpoint = "https://cdn.example:8443";
  const auto link = s3_store{x}.link(storage_key{"a"}, now, 30 * 24h);
  CHECK(link.starts_with("https://inputs.cdn.example:8443/a?X-Amz-Algorithm=AWS4-HMAC-SHA256"));
  CHECK(link.find("X-Amz-Date=20260101T000000Z") != std::string::npos);
  CHECK(link.find("X-Amz-Expires=604800&") != std::string::npos); // seven days at most
}

TEST_SUITE_END();
