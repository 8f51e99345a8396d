"""``python -m shared.contracts check|write|release NAME``: committed schemas, samples and kept readers against the models."""

import sys

from shared.contracts.compatibility import IncompatibleChange, check, keep_release, write


def main(arguments: list[str]) -> int:
    """Exit code 0 when the committed files are what the models say and no change breaks a consumer."""
    if arguments == ["write"]:
        try:
            changed = write()
        except IncompatibleChange as error:
            print(error, file=sys.stderr)  # noqa: T201 - command line
            return 1
        print("\n".join(changed) or "schemas are up to date")  # noqa: T201 - command line
        return 0
    if arguments == ["check"]:
        problems = check()
        print("\n".join(problems) or "contracts: schemas and samples hold")  # noqa: T201 - command line
        return 1 if problems else 0
    if len(arguments) == 2 and arguments[0] == "release":
        print("\n".join(keep_release(arguments[1])))  # noqa: T201 - command line
        return 0
    asked = bool(set(arguments) & {"-h", "--help"})
    print(f"usage: {__doc__}", file=sys.stdout if asked else sys.stderr)
    return 0 if asked else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
