"""Takes what differs from run to run out of a CycloneDX list, and holds it against its schema and against Cargo.lock."""

import json
import os
import pathlib
import sys
import tomllib

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

made, out = (pathlib.Path(path) for path in sys.argv[1:3])
here = os.getcwd()
text = made.read_text(encoding="utf-8")
bom = json.loads(text)
bom.pop("serialNumber", None)


def plain(node):
    """A part of the list without the folder in which it was made."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    if isinstance(node, str):
        return node.replace(f"path+file://{here}", "path+file:///factbrief").replace(f"file://{here}", "file:///factbrief")
    return node


bom = plain(bom)
text = json.dumps(bom, indent=2, ensure_ascii=False) + "\n"
assert here not in text, "the list names a folder of this machine"

error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
if error is not None:
    sys.exit(f"the list is no CycloneDX 1.5: {error}")

lock = tomllib.loads(pathlib.Path("Cargo.lock").read_text(encoding="utf-8"))
locked = {(p["name"], p["version"]): p.get("checksum") for p in lock["package"]}
listed = {(c["name"], c["version"]): c for c in bom["components"]}
strangers = sorted(set(listed) - set(locked))
if strangers:
    sys.exit(f"not in Cargo.lock: {strangers}")
for key, component in listed.items():
    hashes = {h["content"] for h in component.get("hashes", [])}
    if hashes and locked[key] and locked[key] not in hashes:
        sys.exit(f"{key}: its hash is not that of Cargo.lock")
for name in ("typst", "toml", "serde"):
    if not any(known == name for known, _ in listed):
        sys.exit(f"{name} is missing from the list")
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text(text, encoding="utf-8")
print(f"{len(listed)} crates, valid by CycloneDX 1.5")
