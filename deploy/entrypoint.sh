#!/bin/sh
# bassin SERVICE api|worker|all|resync|redrive …, or bassin init (topics, collections, indexes)
set -eu
case "${1:-}" in
  init) exec python -m deploy.init ;;
  offers|profiles|matching|notifications|clauses)
    service=$1
    shift
    exec python -m "services.$service" "$@" ;;
  *)
    echo "usage: bassin init | bassin offers|profiles|matching|notifications|clauses api|worker|all|resync|redrive" >&2
    exit 2 ;;
esac
