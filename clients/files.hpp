#pragma once

#include "clients/storage.hpp"

/// Blocking work on the local disk, shared by both kinds of store.
namespace neurocards::storage::files {

/// What an errno means, with what was tried.
result failure(int error_number, const std::string& action);

/// Moves `from` to `to` so that after a crash either nothing or all of it is there. Copies where
/// the two are on different file systems. Missing directories are made.
result move_durably(const std::string& from, const std::string& to);

/// Size of a regular file; `fault::not_found` where there is none.
result facts_of(const std::string& path);

/// Makes a directory and those above it; throws std::runtime_error.
void make_directory(const std::string& path);

/// A name that nobody else uses, within `directory`.
std::string fresh_path(const std::string& directory, std::string_view extension);

/// Deletes files in `directory` that were not changed for `age`.
result remove_old(const std::string& directory, std::chrono::seconds age);

/// Creates and deletes a file.
result try_writing(const std::string& directory);

} // namespace neurocards::storage::files
