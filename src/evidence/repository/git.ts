/**
 * Shell text: the function `g`, which is git as it is safe in a folder that anybody may have written, and `g_in`, which takes standard input. `.git/config` and `.gitattributes` there can name
 * programs (githooks(5), git-config(1): core.fsmonitor, core.pager, filter.*, diff.*.textconv), and a partial clone asks its remote for what is missing.
 * What refs/replace puts in the place of an object is not what its id says.
 */
export const GIT = `
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_EXTERNAL_DIFF GIT_CONFIG_PARAMETERS CDPATH
export LC_ALL=C GIT_OPTIONAL_LOCKS=0 GIT_TERMINAL_PROMPT=0 GIT_NO_LAZY_FETCH=1 GIT_ALLOW_PROTOCOL=none GIT_NO_REPLACE_OBJECTS=1 GIT_PAGER=cat
have() { command -v "$1" >/dev/null 2>&1; }
g() { g_in "$@" </dev/null; }
g_in() {
  git --no-pager -c core.fsmonitor= -c core.hooksPath=/dev/null -c core.quotePath=false -c submodule.recurse=false \\
    -c grep.fullName=false -c grep.column=false -c blame.ignoreRevsFile= -c core.untrackedCache=false -c core.splitIndex=false \\
    -c core.useReplaceRefs=false "$@"
}`

/**
 * Shell text: sets `git` to yes where the working folder is part of a repository that git trusts, else to the reason: `missing` (no git here), `none` (no
 * repository), `untrusted` (of another user, safe.directory), `ignored` (a repository around it ignores it), `outside` (it says that its files lie elsewhere).
 */
export const GIT_OR_WHY = `
git=missing
if have git; then
  git=none
  if top=$(g rev-parse --show-toplevel 2>&1); then
    case $PWD/ in
      "\${top%/}"/*) git=yes; ! g check-ignore -q . 2>/dev/null || git=ignored;;
      *) git=outside;;
    esac
  else
    case $top in *'dubious ownership'*|*'safe.directory'*) git=untrusted;; esac
  fi
fi`
