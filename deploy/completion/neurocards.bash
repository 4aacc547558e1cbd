# Completion for neurocards in bash. Verbs and options come from the program's own --help, so it names what there is.
_neurocards() {
  local current=${COMP_WORDS[COMP_CWORD]} line line_words words=() i verb= subject= file=cluster.conf
  # bash splits at "=": then the name of the option is the word before it.
  local option=${COMP_WORDS[COMP_CWORD - 1]}
  if [ "$option" = = ]; then option=${COMP_WORDS[COMP_CWORD - 2]}; fi
  if [ "$current" = = ]; then option=${COMP_WORDS[COMP_CWORD - 1]} current=; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "${COMP_WORDS[i]}" in
      --config-file) [ "${COMP_WORDS[i + 1]:-}" != = ] || file=${COMP_WORDS[i + 2]:-cluster.conf} ;;
      -*|=) ;;
      *) [ "${COMP_WORDS[i - 1]}" = = ] || { [ -n "$verb" ] && subject=${subject:-${COMP_WORDS[i]}} || verb=${COMP_WORDS[i]}; } ;;
    esac
  done
  case "$option" in
    --config-file) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --node)
      mapfile -t COMPREPLY < <(compgen -W "$(grep -oE '\bname = "[^"]+", *host' "$file" 2>/dev/null | cut -d'"' -f2)" -- "$current")
      return ;;
  esac
  case "$current" in
    -*) mapfile -t words < <("$1" ${verb:+"$verb"} --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]+=?' | grep -v '^--group' | sort -u) ;;
    *) while read -r line; do
         read -ra line_words <<<"${line%%  *}"
         if [ -z "$verb" ]; then words+=("${line_words[0]}")
         elif [ -z "$subject" ] && [ "${line_words[0]}" = "$verb" ] && [[ ${line_words[1]:-} =~ ^[a-z]+$ ]]; then words+=("${line_words[1]}"); fi
       done < <("$1" --help 2>/dev/null | sed -n '/^options/q; s/^  \([a-z]\)/\1/p') ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "${words[*]}" -- "$current" | sort -u)
  [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null
}
complete -F _neurocards neurocards
