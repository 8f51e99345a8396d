#!/bin/sh
# bassin SERVICE api|worker|all|resync|redrive …, bassin init (users, topics, collections, indexes), bassin access (secrets, partners), bassin backup;
# everything else is the operators' command over all services (deploy/operate), which needs an account that sees all of them:
#   docker compose run --rm init trace ID
set -eu
case "${1:-}" in
  init) shift; exec python -m deploy.init "$@" ;;
  access) shift; exec python -m deploy.access "$@" ;;
  backup) shift; exec python -m deploy.backup "$@" ;;
  offers|profiles|matching|notifications|clauses)
    service=$1
    shift
    exec python -m "services.$service" "$@" ;;
  ""|-h|--help)
    echo "usage: bassin init | bassin access … | bassin backup … | bassin offers|profiles|matching|notifications|clauses api|worker|all|resync|redrive | bassin COMMAND" >&2
    exec python -m deploy.operate --help ;;
  *) exec python -m deploy.operate "$@" ;;
esac
