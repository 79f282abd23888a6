"""Holds JUnit reports against the schema of Jenkins, and their counts against their cases: junit.py XSD FILE…"""

import sys

from lxml import etree

schema = etree.XMLSchema(etree.parse(sys.argv[1]))
failed = 0
for name in sys.argv[2:]:
    report = etree.parse(name)
    if not schema.validate(report):
        failed += 1
        print(f"{name}: {schema.error_log}")
    root = report.getroot()
    for suites, where in [([root], "testsuites")] + [([s], s.get("name")) for s in root.iter("testsuite")]:
        cases = [c for s in suites for c in s.iter("testcase")]
        with_errors = [c for c in cases if c.find("error") is not None]
        with_failures = [c for c in cases if c.find("error") is None and c.find("failure") is not None]
        counted = (len(cases), len(with_failures), len(with_errors))
        said = tuple(int(suites[0].get(key)) for key in ("tests", "failures", "errors"))
        if counted != said or not cases:
            failed += 1
            print(f"{name}: {where} says {said} and has {counted}")
    print(f"{name}: {root.get('tests')} cases")
sys.exit(1 if failed or len(sys.argv) < 3 else 0)
