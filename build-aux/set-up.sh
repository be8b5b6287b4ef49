# SPDX-License-Identifier: GPL-3.0-or-later
# Shared by run and test: what the distribution has to bring, and the build. Sourced by bash.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
  say "$@"
  exit 1
}

# as_root REASON COMMAND...
as_root() {
  local reason=$1
  shift
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    say "sudo is used $reason; it may ask for your password"
    sudo "$@"
  else
    die "root is needed $reason, and sudo is not installed; run this as root: $*"
  fi
}

distribution() {
  if command -v apt-get >/dev/null; then
    echo debian
  elif command -v dnf >/dev/null; then
    echo fedora
  elif command -v pacman >/dev/null; then
    echo arch
  else
    die "this is no Debian, Ubuntu, Fedora or Arch; install what build-aux/packages lists, and start again with PINGEM_SKIP_PACKAGES=1"
  fi
}

# list_packages DISTRIBUTION PURPOSE...: one a line
list_packages() {
  local column
  case $1 in
    debian) column=2 ;;
    fedora) column=3 ;;
    arch) column=4 ;;
  esac
  shift
  awk -F'|' -v column="$column" -v purposes=" $* " '
    /^#/ { next }
    { gsub(/ /, "") }
    index(purposes, " " $1 " ") && $column != "-" { print $column }' "$top/build-aux/packages"
}

is_installed() {
  case $1 in
    debian) [ "$(dpkg-query -W -f '${db:Status-Status}\n' "$2" 2>/dev/null | head -n 1)" = installed ] ;;
    fedora) rpm -q --whatprovides "$2" >/dev/null 2>&1 ;;
    arch) pacman -T "$2" >/dev/null 2>&1 ;;
  esac
}

# Says which packages the distribution does not know: its own message names only the first.
name_unknown() {
  local system=$1 package unknown=()
  shift
  for package; do
    case $system in
      debian) apt-cache show "$package" ;;
      fedora) dnf -q info "$package" ;;
      arch) pacman -Si "$package" ;;
    esac >/dev/null 2>&1 || unknown+=("$package")
  done
  [ ${#unknown[@]} = 0 ] ||
    say "not in the package lists here: ${unknown[*]}; are the lists there (is there a network)? build-aux/packages says what each is for"
}

install_missing() {
  local system=$1 reason="to install packages"
  shift
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || die "there is no sudo: install this as root, and start again: $*"
  say "installing $*"
  case $system in
    debian)
      as_root "$reason" apt-get update -q || say "the package lists could not be refreshed, trying with the old ones"
      as_root "$reason" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
      ;;
    fedora) as_root "$reason" dnf install -y --setopt=install_weak_deps=False "$@" ;;
    arch) as_root "$reason" pacman -S --needed --noconfirm "$@" ;;
  esac </dev/null >&2
}

# need_packages PURPOSE...: installs what is missing for them
need_packages() {
  local system package missing=()
  [ -z "${PINGEM_SKIP_PACKAGES:-}" ] || return 0
  system=$(distribution) || exit 1
  for package in $(list_packages "$system" "$@"); do
    is_installed "$system" "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  install_missing "$system" "${missing[@]}" && return 0
  name_unknown "$system" "${missing[@]}"
  die "these packages could not be installed: ${missing[*]}"
}

# The distribution's meson: another one earlier on PATH may be of any age.
meson() {
  if [ -x /usr/bin/meson ]; then
    /usr/bin/meson "$@"
  else
    command meson "$@"
  fi
}

# set_options FOLDER OPTION...: only where they changed, as it means a whole build. One that was moved is begun anew.
set_options() {
  local folder=$1 place=$1/set-up-place options=$1/set-up-options
  shift
  if [ ! -f "$folder/build.ninja" ]; then
    meson setup "$folder" "$top" "$@" || return 1
  elif [ -f "$place" ] && [ "$(cat "$place")" != "$top" ]; then
    meson setup --wipe "$folder" "$top" "$@" || return 1
  elif [ "$(cat "$options" 2>/dev/null)" != "$*" ]; then
    meson configure "$folder" "$@" || return 1
  fi
  echo "$top" >"$place"
  echo "$*" >"$options"
}

# build FOLDER OPTION...: the compiler is $CC; the log is shown only where it failed
build() {
  local folder=$1 log=$1/set-up.log
  shift
  { mkdir -p "$folder" && : >"$log"; } 2>/dev/null ||
    { say "$folder cannot be written by $(id -un): if somebody else built there, remove it first"; return 1; }
  if ! { set_options "$folder" "$@" && meson compile -C "$folder"; } >"$log" 2>&1 </dev/null; then
    grep -vE '^\[[0-9]+/[0-9]+\] (Compiling|Linking|Generating)' "$log" >&2
    say "the build in $folder failed; all of its output is in $log"
    return 1
  fi
}
