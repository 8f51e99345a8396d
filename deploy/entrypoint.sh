#!/bin/sh
# bassin SERVICE api|worker|all|resync|redrive …, bassin init (users, topics, collections, indexes), bassin access (secrets, partners), bassin backup
set -eu
case "${1:-}" in
  init) exec python -m deploy.init ;;
  access) shift; exec python -m deploy.access "$@" ;;
  backup) shift; exec python -m deploy.backup "$@" ;;
  offers|profiles|matching|notifications|clauses)
    service=$1
    shift
    exec python -m "services.$service" "$@" ;;
  *)
    echo "usage: bassin init | bassin access … | bassin backup … | bassin offers|profiles|matching|notifications|clauses api|worker|all|resync|redrive" >&2
    exit 2 ;;
esac
