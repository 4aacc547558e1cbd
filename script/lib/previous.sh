# The release before this one: its files from the clone, its program from the user's cache. Sourced, never run, behind common.sh.

previous_commit() { sed '/^#/d; /^$/d' deploy/previous-release; }

# A shallow clone does not have it; nor has a folder that is no clone.
previous_is_known() { git cat-file -e "$(previous_commit)^{commit}" 2>/dev/null; }

# previous_files FOLDER PATH…: these of its files.
previous_files() {
  git archive "$(previous_commit)" "${@:2}" | tar -x -C "$1"
}

# Where its program is kept, with its sql/ beside it.
previous_folder() { echo "$(cache_dir)/previous-$(previous_commit | cut -c1-12)"; }
previous_program() { echo "$(previous_folder)/bin/neurocards"; }
