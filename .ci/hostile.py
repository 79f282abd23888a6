"""Reads what was printed of plain words and of hostile values, side by side: hostile.py FOLDER [browser].

The structure of both must be the same to every reader, and the text that of the plain one with each word replaced by the
value it stands for."""

import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree as ET

FOLDER = sys.argv[1]
VALUES = json.load(open(os.path.join(FOLDER, "values.json")))
failed = 0


def fail(what):
    global failed
    failed += 1
    print(what[:900])


def folded(text):
    """Letters of one case; no white space, no isolates, no breaks inside words; one quotation mark; no hashes."""
    text = re.sub(r"\b[0-9a-f]{12,64}\b", "hash", unicodedata.normalize("NFC", text))
    text = re.sub("[\u201c\u201d\u2018\u2019\"]", "'", text.lower())
    return re.sub("[\\s\u2068\u2069\u200b\u00ad]+", "", text)


def filled(text, column):
    """The plain text with the values in it: 1 as they are, 2 as they stand in the head of a briefing."""
    text = text.lower()
    if "zx" in text:
        for row in VALUES:
            text = text.replace(row[0], row[column])
    return folded(text)


def compare(name, plain, hostile):
    """Two lists of (mark, text); the text of a picture's description is shortened by the program and is not compared."""
    depth = 0
    for at, (a, b) in enumerate(zip(plain, hostile)):
        depth += (a[0] == "<image") - (a[0] == ">image")
        same = a[0] == b[0] and (depth > 0 or folded(b[1]) in (filled(a[1], 1), filled(a[1], 2)))
        if not same:
            fail(f"{name}: part {at}\n  plain   {plain[max(0, at - 2):at + 2]}\n  hostile {hostile[max(0, at - 2):at + 2]}")
            return
    if len(plain) != len(hostile):
        fail(f"{name}: {len(plain)} parts and {len(hostile)}")


class Parts(list):
    def say(self, words):
        if self and self[-1][0] == "text":
            self[-1] = ("text", self[-1][1] + words)
        else:
            self.append(("text", words))


def by_cmark(path):
    """As GitHub reads it; a mail address becomes a link there whatever is escaped, and is taken for the text it is."""
    flags = [part for name in ("table", "strikethrough", "autolink", "tasklist", "footnotes") for part in ("-e", name)]
    said = subprocess.run(["cmark-gfm", "-t", "xml", *flags, path], capture_output=True, check=True).stdout
    parts = Parts()

    def walk(element):
        kind = element.tag.split("}")[1]
        keys = {key.split("}")[-1]: value for key, value in element.attrib.items()}
        if kind in ("text", "softbreak", "linebreak"):
            return parts.say(element.text or " ")
        to = keys.get("destination", "")
        if kind == "link" and to == "mailto:" + "".join("".join(element.itertext()).split()):
            return parts.say(to.removeprefix("mailto:"))
        if kind == "link" and not re.match(r"https?://example\.org/|mailto:|#", to):
            fail(f"{path}: a link leads to {to}")
        own = element.text or "" if kind in ("code", "code_block", "html_inline", "html_block") else ""
        parts.append(("<" + kind, json.dumps(keys, sort_keys=True) + own))
        for child in element:
            walk(child)
        parts.append((">" + kind, ""))

    walk(ET.fromstring(said))
    return parts


def by_pandoc(path):
    said = subprocess.run(["pandoc", "-f", "gfm+footnotes", "-t", "json", path], capture_output=True, check=True).stdout
    parts = Parts()

    def walk(node):
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict) and "t" in node:
            kind, held = node["t"], node.get("c")
            if kind == "Str":
                parts.say(held)
            elif kind in ("Space", "SoftBreak", "LineBreak"):
                parts.say(" ")
            else:
                name = {"Image": "image"}.get(kind, kind)
                if kind in ("Link", "Image"):
                    to = held[2][0]
                    if not re.match(r"https?://example\.org/|mailto:|#|[a-z-]+\.[a-z]+\.svg$", to):
                        fail(f"{path}: {kind} of {to}")
                    parts.append(("<" + name, to))
                    walk(held[1])
                elif kind == "Header":
                    # its name is made of its text
                    parts.append(("<Header", str(held[0])))
                    walk(held[2])
                else:
                    parts.append(("<" + name, "" if isinstance(held, list) and kind not in ("Code", "RawInline", "RawBlock") else json.dumps(held)))
                    if kind not in ("Code", "RawInline", "RawBlock", "Math"):
                        walk(held)
                parts.append((">" + name, ""))
        elif isinstance(node, str):
            pass
        elif isinstance(node, dict):
            walk(list(node.values()))

    walk(json.loads(said)["blocks"])
    return parts


def by_pdftotext(path):
    said = subprocess.run(["pdftotext", "-raw", "-nopgbrk", path, "-"], capture_output=True, check=True).stdout.decode()
    return folded(said)


VOID = {"meta", "img", "br", "hr", "input", "link"}


class Dom(html.parser.HTMLParser):
    """What a browser made of a page."""

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.path, self.parts, self.open = path, Parts(), []

    def handle_starttag(self, tag, attributes):
        keys = dict(attributes)
        if keys.get("class") == "picture tall":
            # how high a picture is depends on the names in it
            keys["class"] = "picture"
        for key, value in keys.items():
            if key.startswith("on"):
                fail(f"{self.path}: <{tag} {key}>")
            if key in ("href", "src", "action", "srcdoc") and not re.match(r"#|https://example\.org/|data:image/svg\+xml,", value):
                fail(f"{self.path}: <{tag} {key}={value[:80]}>")
        if keys.get("class") == "cited":
            # a figure in a name shows what stands behind it, as any other does
            kind = "shows"
        elif tag in ("style", "script") or keys.get("id") == "fb-evidence" or "hidden" in self.open:
            kind = "hidden"
        else:
            kind = "part"
            held = sorted(keys.items())
            self.parts.append(("<" + tag, " ".join(f"{k}={v}" if k in ("class", "role", "lang", "dir") else k for k, v in held)))
        if tag not in VOID:
            self.open.append(kind)

    def handle_endtag(self, tag):
        if self.open.pop() == "part":
            self.parts.append((">" + tag, ""))

    def handle_data(self, words):
        if "hidden" not in self.open:
            self.parts.say(words)


def by_chromium(path):
    """The page as it stands after its scripts ran, and what it asked the network for."""
    with tempfile.TemporaryDirectory() as home:
        log = os.path.join(home, "net.json")
        flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-sync --no-first-run"
        call = ["chromium", *flags.split(), f"--user-data-dir={home}", f"--log-net-log={log}", "--virtual-time-budget=2000"]
        call += ["--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom", "file://" + os.path.abspath(path)]
        said = subprocess.run(call, capture_output=True, check=True, timeout=120).stdout.decode()
        asked = open(log, errors="replace").read()
    dom = Dom(path)
    dom.feed(said)
    dom.close()
    return dom.parts, "evil.example" in asked


def browse():
    # a page without a policy shows that what is looked for would be seen
    with tempfile.TemporaryDirectory() as folder:
        trap = os.path.join(folder, "trap.html")
        with open(trap, "w") as file:
            file.write("<!DOCTYPE html><body><img src=http://evil.example/x onerror=document.body.className='ran'>")
        parts, asked = by_chromium_unheld(trap)
        if not asked or ("<body", "class=ran") not in parts:
            sys.exit("Chromium does not show what a page runs and asks for")
    for name in PAGES:
        (plain, _), (hostile, asked) = (by_chromium(os.path.join(FOLDER, side, name)) for side in ("plain", "hostile"))
        if asked:
            fail(f"{name}: it asked for something")
        compare(f"{name} in Chromium", plain, hostile)
        print(f"{name}: Chromium: {len(hostile)} parts")


def by_chromium_unheld(path):
    global fail
    kept, fail = fail, lambda what: None
    try:
        return by_chromium(path)
    finally:
        fail = kept


names = sorted(os.listdir(os.path.join(FOLDER, "hostile")))
if names != sorted(os.listdir(os.path.join(FOLDER, "plain"))):
    fail("not the same files")
texts = [name for name in names if name.endswith(".md")]
PAGES = [name for name in names if name.endswith(".html") and not "-head-" in name]
pdfs = [name for name in names if name.endswith(".pdf")]
if len(texts) < len(VALUES) or not PAGES or not pdfs:
    sys.exit("too little was printed")
for what, reader in (("cmark-gfm", by_cmark), ("pandoc", by_pandoc)):
    parts = 0
    for name in texts:
        plain, hostile = (reader(os.path.join(FOLDER, side, name)) for side in ("plain", "hostile"))
        compare(f"{name} by {what}", plain, hostile)
        parts += len(hostile)
    print(f"{what}: {len(VALUES)} values, {len(texts)} texts, {parts} parts")
tried, aside = set(), set()
for name in pdfs:
    plain, hostile = (by_pdftotext(os.path.join(FOLDER, side, name)) for side in ("plain", "hostile"))
    # where a page ends is another place in each: a value may be torn there by what stands in the margins
    lost = []
    for word, value, head in VALUES:
        # what runs from right to left lies on a page in the order of the eye, and what is long is shortened in pictures
        if "\u0645" in value or "\u0323" in value or len(value) > 29:
            aside.add(word)
            continue
        if word not in plain:
            continue
        tried.add(word)
        wanted, found = plain.count(word), max(hostile.count(folded(value)), hostile.count(folded(head)))
        if found < wanted - 1:
            lost.append(f"{value!r} {wanted} times, read {found} times")
    if lost:
        fail(f"{name} by pdftotext: " + "; ".join(lost))
print(f"pdftotext: {len(tried)} values, {len(pdfs)} files")
if len(tried) + len(aside) < len(VALUES):
    fail("pdftotext: too few values")
if "browser" in sys.argv[2:]:
    browse()
print(f"{failed} differences")
sys.exit(1 if failed else 0)
