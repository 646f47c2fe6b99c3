#!/bin/sh
# Makes .venv and installs a requirements file into it; says what is missing.
set -eu
cd "$(dirname "$0")/.."
requirements=${1:-requirements.txt}

usable() {
	"$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

version() {
	"$1" -c 'import sys; print(*sys.version_info[:2], sep=".")'
}

find_python() {
	if [ -n "${PYTHON:-}" ]; then
		if usable "$PYTHON"; then
			echo "$PYTHON"
			return
		fi
		echo "PYTHON=$PYTHON is no Python 3.11 or newer" >&2
		exit 1
	fi
	for candidate in python3.12 python3.11 python3 python; do
		if usable "$candidate"; then
			echo "$candidate"
			return
		fi
	done
	echo "Python 3.11 or newer is needed. On Debian or Ubuntu: sudo apt-get install python3 python3-venv" >&2
	echo "(or name one: PYTHON=/path/to/python3.12 make demo)" >&2
	exit 1
}

other_version() {
	[ -n "${PYTHON:-}" ] && usable "$PYTHON" && [ "$(version "$PYTHON")" != "$(version .venv/bin/python)" ]
}

if [ -n "${PYTHON:-}" ]; then
	find_python >/dev/null
fi
if ! [ -x .venv/bin/python ] || ! usable .venv/bin/python || other_version; then
	python=$(find_python)
	if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
		echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2
		exit 1
	fi
	echo "Making .venv with $("$python" --version)" >&2
	rm -rf .venv
	"$python" -m venv .venv
fi

stamp=.venv/installed-$(basename "$requirements")
if ! [ -e "$stamp" ] || [ -n "$(find requirements*.txt -newer "$stamp")" ]; then
	echo "Installing $requirements into .venv" >&2
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$requirements"
	touch "$stamp"
fi
if [ "${2:-}" = "--say" ]; then
	echo "Ready: . .venv/bin/activate" >&2
fi
