#include "db/connection.hpp"
#include "db/connection_url.hpp"

#include <doctest/doctest.h>

using namespace neurocards;

TEST_SUITE_BEGIN("unit/db/connection_url");

TEST_CASE("connection url: a DATABASE_URL in any form that libpq reads is accepted") {
  for (const auto* url :
       {"postgresql://", "postgresql://localhost", "postgresql://localhost:5433/name",
        "postgres://user@localhost/name", "postgresql://user:secret@localhost/name",
        "postgresql://user:p%40%2F%25w@db.example:5432/name?sslmode=require&connect_timeout=5",
        "postgresql://user:a?b#c:d@h/n", "postgresql://h1:1,h2:2/n?target_session_attrs=read-write",
        "postgresql://u:p@[2001:db8::1]:5432/n", "postgresql://%2Fvar%2Frun%2Fpostgresql/n",
        "postgresql:///n?host=/var/run/postgresql&user=a%40b", "host=localhost dbname=x",
        "host = localhost password = 'it\\'s a \\\\ secret' port=5432,5433", "dbname=x"}) {
    CAPTURE(url);
    CHECK(db::url_fault(url) == "");
  }
}

TEST_CASE("connection url: a DATABASE_URL that is not escaped is refused without a letter of it") {
  for (const auto* url :
       {"postgresql://user:hid/den@localhost/x", "postgresql://user:hid@den@localhost/x",
        "postgresql://user:hid%zzden@localhost/x", "postgresql://user:hid%00den@localhost/x",
        "postgresql://user:123/hidden@localhost/x", "postgresql://user:hid@den?n=1@localhost/x",
        "postgresql://user:hid?den/n@localhost/x", "postgresql://user:hid den@localhost/x",
        "postgresql://user:x@localhost/x?hidden", "postgresql://user:x@localhost/x?hidden=1",
        "postgresql://user:x@localhost:hidden/x", "postgresql://user:x@[::1/hidden",
        "host=localhost password=hid den", "host=localhost password='hidden",
        "host=localhost hidden=1", "host=localhost port=hidden", "mysql://user:hidden@h/x",
        "mysql://user:hidden@h/x?a=b", "hidden"}) {
    CAPTURE(url);
    const auto fault = db::url_fault(url);
    CHECK(fault != "");
    CHECK(fault.find("hid") == std::string::npos);
    CHECK(fault.find("den") == std::string::npos);
    try {
      db::connect({.url = url});
      FAIL("it connects");
    } catch (const std::exception& err) {
      CHECK(std::string{err.what()}.find("hid") == std::string::npos);
      CHECK(std::string{err.what()}.find("den") == std::string::npos);
    }
  }
}

TEST_SUITE_END();
