#!/bin/sh
# Makes .venv and installs a requirements file into it; says what is missing.
set -eu
cd "$(dirname "$0")/.."
requirements=${1:-requirements.txt}

usable() {
	"$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null
}

find_python() {
	for candidate in ${PYTHON:-} python3.12 python3.11 python3 python; do
		if usable "$candidate"; then
			echo "$candidate"
			return
		fi
	done
	echo "Python 3.11 or 3.12 is needed. On Debian or Ubuntu: sudo apt-get install python3 python3-venv" >&2
	echo "(or name one: PYTHON=/path/to/python3.12 make demo)" >&2
	exit 1
}

if ! [ -x .venv/bin/python ] || ! usable .venv/bin/python; then
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
