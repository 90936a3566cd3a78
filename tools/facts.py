"""Renew or check the facts about AWS: ``make facts`` and ``make facts-check``.

The sources are the packages of `requirements/catalogue.in`, installed in one folder. Their files are read;
nothing of them is imported.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from constructs_lib.catalogue import generation
from constructs_lib.cli import main as bedrock_planes
from constructs_lib.iam import managed

__all__ = ["check", "main", "update"]


def update(packages: Path) -> int:
    """Write the catalogue and all that is made with it again; return an exit status."""
    status = bedrock_planes(["catalogue", "update", "--packages", str(packages)])
    if status == 0:
        sys.stdout.write(f"{managed.write(packages)}\n")
        sys.stdout.write(f"{generation.write_handlers(packages)}\n")
        sys.stdout.write(f"{generation.write_rest_paths(packages)}\n")
    return status


def check(packages: Path) -> int:
    """Name what differs from the committed facts; return 0 if nothing does, 1 if something does, else 2."""
    status = bedrock_planes(["catalogue", "verify", "--exact", "--packages", str(packages)])
    changes = [
        *managed.differences(packages),
        *generation.handler_differences(packages),
        *generation.rest_path_differences(packages),
    ]
    for line in changes:
        sys.stdout.write(f"{line}\n")
    if status or changes:
        sys.stdout.write("the facts have changed: run `make lock facts` and decide what it asks for\n")
    return status or int(bool(changes))


def main() -> int:
    """Run one of the two on the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("update", "check"))
    parser.add_argument("packages", type=Path, help="the folder where the packages are installed")
    args = parser.parse_args()
    return {"update": update, "check": check}[args.what](args.packages)


if __name__ == "__main__":
    sys.exit(main())
