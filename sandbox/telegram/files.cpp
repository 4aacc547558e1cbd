#include "sandbox/telegram/files.hpp"

namespace neurocards::sandbox::telegram {

constexpr int64_t link_life = 3'600'000; // ms; "at least an hour"

const file& files::add(const std::string& kind, std::string_view bytes, const std::string& name) {
  file f;
  f.kind = kind;
  f.blob = blobs_.put(bytes);
  f.size = static_cast<int64_t>(bytes.size());
  f.type = probe(bytes);
  f.name = name;
  const auto number = std::to_string(++last_);
  f.id = (kind == "photo"   ? "AgAC"
          : kind == "video" ? "BAAC"
                            : "BQAC")
         + f.blob.substr(0, 24) + "-" + number;
  f.unique_id = "AQAD" + f.blob.substr(0, 12);
  // Names and types are not kept in the path of a real download either.
  f.path = kind + "s/file_" + number + "." + (kind == "photo" ? "jpg" : f.type.extension);
  ids_by_path_[f.path] = f.id;
  return by_id_[f.id] = std::move(f);
}

const file* files::find(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

void files::open_link(const std::string& id) {
  by_id_.at(id).link_until = time_.now() + link_life;
}

const file* files::by_path(const std::string& path) const {
  const auto found = ids_by_path_.find(path);
  if (found == ids_by_path_.end())
    return nullptr;
  const auto* f = find(found->second);
  return f && f->link_until > time_.now() ? f : nullptr;
}

void files::clear() {
  by_id_.clear();
  ids_by_path_.clear();
}

} // namespace neurocards::sandbox::telegram
