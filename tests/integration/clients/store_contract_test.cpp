#include "clients/s3.hpp"
#include "node/http/endpoint.hpp"
#include "raw_server.hpp"
#include "tests/support/s3_server.hpp"

#include <fstream>

/// What every kind of store promises, asked of each kind: a directory, and a bucket of a real S3
/// server in both styles of addressing.
using namespace neurocards;
using namespace neurocards::storage;
using namespace neurocards::test;

namespace {

/// One kind of store under test, and how its actions and links are carried out.
struct kind {
  std::string name;
  std::unique_ptr<storage::store> files;
  http::engine* engine = nullptr;

  result run(const action& todo) const {
    return todo.request ? todo.interpret(fetch(*engine, *todo.request)) : todo.disk();
  }

  result put(const std::string& key, std::string_view text, const std::string& type = "") const {
    const auto file = files->temporary_file(".part");
    write_file(file, text);
    return run(files->put(storage_key{key}, file, type));
  }

  /// Content of a key; "(not_found)" and the like when there is none.
  std::string read(const std::string& key) const {
    const auto got = run(files->fetch(storage_key{key}));
    if (!got.ok())
      return "(" + to_string(got.fault) + ")";
    auto text = read_file(got.file);
    CHECK(got.bytes == static_cast<int64_t>(text.size()));
    if (got.temporary)
      std::filesystem::remove(got.file);
    return text;
  }
};

struct contract_fixture {
  scratch_directory here;
  s3_server server;
  http::engine engine;
  link_signer signer{secret{"k"}, ""};
  std::unique_ptr<http_endpoint> endpoint; // serves the links of the directory, as a node does
  std::vector<kind> kinds;

  contract_fixture() {
    serve_files();
    kinds.push_back({"local", std::make_unique<local_store>(here / "data", signer), &engine});
    kinds.push_back({"s3, path style", std::make_unique<s3_store>(bucket(true)), &engine});
    kinds.push_back({"s3, virtual host", std::make_unique<s3_store>(bucket(false)), &engine});
  }

  s3_config bucket(bool path_style) const {
    s3_config x;
    x.endpoint = server.endpoint();
    x.bucket = s3_server::bucket;
    x.path_style = path_style;
    x.access_key = secret{s3_server::key};
    x.secret_key = secret{s3_server::secret};
    x.temporary_directory = here / "tmp";
    return x;
  }

  void serve_files() {
    endpoint_options options;
    options.port = 0;
    endpoint_hooks hooks;
    hooks.file = [this](const storage_key& key, std::string_view expires,
                        std::string_view signature) {
      using verdict = endpoint_hooks::file_verdict;
      if (!signer.valid(key, expires, signature, storage::clock::now()))
        return endpoint_hooks::file_answer{verdict::forbidden, "", ""};
      const auto path = here / ("data/" + key.value);
      return endpoint_hooks::file_answer{std::filesystem::exists(path) ? verdict::served
                                                                       : verdict::missing,
                                         path, content_type(key)};
    };
    endpoint = std::make_unique<http_endpoint>(options, hooks);
    signer.public_url = "http://127.0.0.1:" + std::to_string(endpoint->port());
  }

  http::response open(const std::string& url) { return fetch(engine, get(url)); }
};

/// Peak of this process's memory so far, in MiB.
long peak_memory() {
  std::ifstream in{"/proc/self/status"};
  for (std::string word; in >> word;)
    if (word == "VmHWM:") {
      long kib = 0;
      in >> kib;
      return kib / 1024;
    }
  return -1;
}

} // namespace

TEST_SUITE_BEGIN("integration/clients/store_contract");

TEST_CASE_FIXTURE(contract_fixture, "storage contract: what is put is read, replaced and removed") {
  for (const auto& x : kinds) {
    CAPTURE(x.name);
    CHECK(x.run(x.files->check()).ok());
    CHECK(x.put("photos/2026/a.jpg", "JPEG").bytes == 4);
    CHECK(x.read("photos/2026/a.jpg") == "JPEG");
    CHECK(x.put("photos/2026/a.jpg", "a newer one").ok());
    CHECK(x.read("photos/2026/a.jpg") == "a newer one");
    CHECK(x.put("photos/2026/empty", "").ok());
    CHECK(x.read("photos/2026/empty").empty());
    CHECK(x.run(x.files->remove(storage_key{"photos/2026/a.jpg"})).ok());
    CHECK(x.read("photos/2026/a.jpg") == "(not_found)");
    CHECK(x.run(x.files->remove(storage_key{"photos/2026/a.jpg"})).ok()); // gone is gone
  }
}

TEST_CASE_FIXTURE(contract_fixture,
                  "storage contract: every legal key is kept apart, no other is taken") {
  const std::vector<std::string> legal{"a",
                                       "A",
                                       "a.b",
                                       "a-b",
                                       "a_b",
                                       "a/b.c",
                                       "a..b",
                                       "0/1/2/3/4.mp4",
                                       std::string(200, 'x') + "/" + std::string(200, 'y')};
  const std::vector<std::string> illegal{
    "",    "/a",    "a/",   "a//b", "../a", "a/../b", "a b",
    "a+b", "a%20b", "фото", "a?b",  "a#b",  "a\nb",   std::string(513, 'x')};
  for (const auto& x : kinds) {
    CAPTURE(x.name);
    for (const auto& key : legal)
      if (key != "a") // a directory of the same name stands in its way
        CHECK_MESSAGE(x.put(key, "content of " + key).ok(), key);
    for (const auto& key : legal)
      if (key != "a")
        CHECK_MESSAGE(x.read(key) == "content of " + key, key);
    for (const auto& key : illegal) {
      CAPTURE(key);
      CHECK(x.put(key, "x").fault == fault::invalid);
      CHECK(x.read(key) == "(invalid)");
      CHECK(x.run(x.files->remove(storage_key{key})).fault == fault::invalid);
      CHECK(x.files->link(storage_key{key}, storage::clock::now(), 60s).empty());
    }
  }
}

TEST_CASE_FIXTURE(contract_fixture, "storage contract: a file that is not there is no file") {
  for (const auto& x : kinds) {
    CAPTURE(x.name);
    CHECK(x.read("never/put.jpg") == "(not_found)");
    CHECK(x.run(x.files->remove(storage_key{"never/put.jpg"})).ok());
    CHECK(x.run(x.files->put(storage_key{"a/b"}, here / "no such file", "")).fault
          == fault::invalid);
    CHECK(x.read("a/b") == "(not_found)");
    CHECK(open(x.files->link(storage_key{"never/put.jpg"}, storage::clock::now(), 60s)).status
          == 404);
  }
}

TEST_CASE_FIXTURE(contract_fixture, "storage contract: a link opens for anybody until it expires") {
  for (const auto& x : kinds) {
    CAPTURE(x.name);
    const storage_key key{"videos/a.mp4"};
    REQUIRE(x.put(key.value, "VIDEO", "video/mp4").ok());
    const auto now = storage::clock::now();
    const auto good = open(x.files->link(key, now, 1h));
    CHECK(good.status == 200);
    CHECK(good.body == "VIDEO");
    CHECK(open(x.files->link(key, now - 2h, 1h)).status == 403);
    auto forged = x.files->link(key, now, 1h);
    forged.replace(forged.find("a.mp4"), 5, "b.mp4");
    REQUIRE(x.put("videos/b.mp4", "OTHER", "video/mp4").ok());
    CHECK(open(forged).status == 403);
    auto prolonged = x.files->link(key, now - 2h, 1h);
    const auto last = prolonged.find_last_of("0123456789abcdef");
    prolonged[last] = prolonged[last] == '0' ? '1' : '0';
    CHECK(open(prolonged).status == 403);
  }
}

TEST_CASE_FIXTURE(contract_fixture,
                  "storage contract: keys are listed below their prefix, with sizes") {
  for (const auto& x : kinds) {
    CAPTURE(x.name);
    REQUIRE(x.put("p/2", "two").ok());
    REQUIRE(x.put("p/1", "1").ok());
    REQUIRE(x.put("q/3", "x").ok());
    const auto got = x.run(x.files->list("p/", ""));
    REQUIRE(got.entries.size() == 2);
    CHECK(got.entries[0].key.value == "p/1");
    CHECK(got.entries[1].key.value == "p/2");
    CHECK(got.entries[1].bytes == 3);
    CHECK(got.next.empty());
  }
}

TEST_CASE_FIXTURE(contract_fixture, "storage contract: a big file is streamed both ways") {
  constexpr int64_t size = 192 << 20;
  const auto before = peak_memory();
  for (const auto& x : kinds) {
    CAPTURE(x.name);
    const auto file = x.files->temporary_file(".mp4");
    write_file(file, "begin");
    std::filesystem::resize_file(file, size);
    CHECK(x.run(x.files->put(storage_key{"videos/big.mp4"}, file, "video/mp4")).bytes == size);
    const auto got = x.run(x.files->fetch(storage_key{"videos/big.mp4"}));
    REQUIRE(got.ok());
    CHECK(got.bytes == size);
    CHECK(std::filesystem::file_size(got.file) == size);
    if (got.temporary)
      std::filesystem::remove(got.file);
    std::filesystem::remove(file);
  }
  CHECK(peak_memory() - before < 64); // MiB: nothing like the file was ever in memory
}

TEST_CASE_FIXTURE(contract_fixture,
                  "storage contract: an S3 server refuses a wrong secret and a wrong key") {
  for (const bool path_style : {true, false}) {
    CAPTURE(path_style);
    for (const bool wrong_secret : {true, false}) {
      auto config = bucket(path_style);
      (wrong_secret ? config.secret_key : config.access_key) = secret{"WRONG"};
      const kind x{"wrong", std::make_unique<s3_store>(config), &engine};
      CHECK(x.put("a/b", "x").fault == fault::refused);
      CHECK(x.run(x.files->fetch(storage_key{"a/b"})).fault == fault::refused);
      CHECK(x.run(x.files->remove(storage_key{"a/b"})).fault == fault::refused);
      CHECK(x.run(x.files->list("a/", "")).fault == fault::refused);
      CHECK(open(x.files->link(storage_key{"a/b"}, storage::clock::now(), 1h)).status == 403);
    }
    auto elsewhere = bucket(path_style);
    elsewhere.bucket = "nobodys";
    CHECK(kind{"", std::make_unique<s3_store>(elsewhere), &engine}.put("a/b", "x").fault
          == fault::refused);
  }
  CHECK(kinds[1].read("a/b") == "(not_found)"); // nothing came of all that
}

TEST_CASE_FIXTURE(contract_fixture, "storage contract: a server that is away is a passing fault") {
  auto config = bucket(true);
  config.endpoint = "http://127.0.0.1:" + std::to_string(free_port());
  const kind x{"away", std::make_unique<s3_store>(config), &engine};
  CHECK(x.put("a/b", "x").fault == fault::unavailable);
  CHECK(x.read("a/b") == "(unavailable)");
}

TEST_SUITE_END();
