"""Holds the scripts in workflow files against shellcheck, which must be on the path."""

import subprocess
import sys

from ruamel.yaml import YAML


def scripts(node, path=""):
    """Every script of a file, with where it stands."""
    if isinstance(node, dict):
        for key, value in node.items():
            here = f"{path}/{key}"
            if key == "run" and isinstance(value, str):
                yield here, value
            elif key in ("script", "before_script", "after_script") and isinstance(value, list):
                yield here, "\n".join(value)
            else:
                yield from scripts(value, here)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from scripts(value, f"{path}/{index}")


failed = tried = 0
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        found = list(scripts(YAML(typ="safe").load(file)))
    for place, script in found:
        tried += 1
        if "${{" in script:
            print(f"{name}{place}: a template in a script: give it by the environment")
            failed += 1
        # what the environment of a job sets is not set here
        ran = subprocess.run(
            ["shellcheck", "--shell=bash", "--exclude=SC2154", "-"], input=script, text=True, capture_output=True
        )
        if ran.returncode:
            print(f"{name}{place}:\n{ran.stdout}{ran.stderr}")
            failed += 1
print(f"{tried} scripts")
sys.exit(1 if failed or not tried else 0)
