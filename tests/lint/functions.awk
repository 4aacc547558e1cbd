# Prints LINES, FILE and the first words of every function of formatted C++ sources, outermost ones only: a lambda counts with
# the function it stands in. It reads indents, not C++: what clang-format leaves alone is no function here.
# With -v at_least=N only those with N lines or more.

function indent_of(line) { match(line, /^ */); return RLENGTH }

# What may contain functions without being one.
function is_container(text) {
  return text ~ /^(namespace|extern "C"|TEST_SUITE)/ || text ~ /^(template <[^{]*> *)?(struct|class|union|enum)[ :{]/
}

FNR == 1 { inside = is_table = raw = 0; declaration = "" }

raw { if ($0 ~ /\)[a-z_]*"/) raw = 0; if (!inside) next }
!raw && /R"[a-z_]*\(/ && !/R"[a-z_]*\(.*\)[a-z_]*"/ { raw = 1 }

inside {
  if (indent_of($0) == depth && $0 ~ /^ *\}[;,)]*( \/\/.*)?$/) {
    length_of = FNR - begin + 1
    if (length_of >= at_least && !is_table) {
      gsub(/ +/, " ", declaration)
      sub(/^template <[^>]*> /, "", declaration)
      printf "%d\t%s\t%s\n", length_of, FILENAME, substr(declaration, 1, 60)
    }
    inside = is_table = 0
    declaration = ""
  }
  next
}

/^ *(#|\/\/)/ || /^ *$/ || /^ *(public|private|protected):$/ { declaration = ""; next }
/^ *\}[;)]*( \/\/.*)?$/ { declaration = ""; next }

{
  if (declaration == "") { begin = FNR; depth = indent_of($0) }
  declaration = declaration (declaration == "" ? "" : " ") substr($0, indent_of($0) + 1)
}
/\{( *\/\/.*)?$/ {
  if (is_container(declaration)) declaration = ""
  else if (declaration !~ /\(/ || declaration ~ /= \{( *\/\/.*)?$/) { inside = 1; is_table = 1 } # data, however long
  else inside = 1
  next
}
/[;}]( *\/\/.*)?$/ { declaration = "" }
