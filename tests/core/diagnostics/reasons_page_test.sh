#!/bin/bash
# docs/diagnostics.md is what the table of reasons says.
set -eu
diff <("$1") "$2" || {
  echo "docs/diagnostics.md is out of date: bazel run //core/diagnostics:reasons_page > docs/diagnostics.md"
  exit 1
}
