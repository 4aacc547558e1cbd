#pragma once

#include "clients/storage.hpp"

/// What S3-compatible servers answer.
namespace neurocards::storage {

/// The text of the first `<name>` element, entities decoded; empty if there is none. Only for the
/// flat answers of object stores: no attributes, no comments, no nesting of equal names.
std::string xml_text(std::string_view xml, std::string_view name);

/// What an answer that is not the expected one means.
result s3_failure(const http::response&);

/// One page of a ListObjectsV2 answer.
result parse_s3_list(std::string_view xml);

} // namespace neurocards::storage
