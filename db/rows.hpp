#pragma once

#include "base/uuid.hpp"
#include "protocol/store/request.hpp"

#include <optional>
#include <string>
#include <vector>

#include <pqxx/result>
#include <pqxx/row>

/// Reads columns into the types of the vocabulary. All throw libpqxx's conversion errors.
namespace neurocards::db {

/// What a function answers that is no table: the only field of the only row.
pqxx::field only(const pqxx::result&);

/// Which request of the batch the row answers: `pos`, counted from 1 there and from 0 here.
size_t position(const pqxx::row&);

/// An empty text for NULL.
std::string text(const pqxx::field&);

/// The zero id for NULL.
uuid id(const pqxx::field&);

/// A number, `otherwise` for NULL.
template <class T>
T number(const pqxx::field& x, T otherwise = 0) {
  return x.is_null() ? otherwise : x.as<T>();
}

/// A time that the statement has written as microseconds since 1970; nullopt for NULL.
std::optional<store::time_point> time(const pqxx::field& microseconds);

/// An age that the statement has written with NEUROCARDS_AGE; nullopt for NULL.
std::optional<std::chrono::milliseconds> age(const pqxx::field& milliseconds);

/// For functions that return the positions (1 …) of the requests they carried out.
std::vector<store::transition> transitions(const pqxx::result& positions, size_t count);

} // namespace neurocards::db

/// SQL text: a timestamp column in the form that `time` reads. A person may have written infinity.
#define NEUROCARDS_TIME(column) "milliseconds_between('1970-01-01 UTC', " column ") * 1000"

/// SQL text: how long ago a timestamp is by the database's clock, in the form that `age` reads.
#define NEUROCARDS_AGE(column) "milliseconds_between(" column ", clock_timestamp())"
