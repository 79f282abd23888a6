"""Holds PDFs against PDF/UA-1 and PDF/A-3a, by a validator that knows nothing of the program that made them."""

import sys

import page

failed = 0
for name in sys.argv[1:]:
    for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A):
        result = page.validate_pdf(name, profile=profile)
        print(f"{name}: {profile.value}: {result.rules.passed} rules passed, {result.rules.failed} failed")
        # a profile none of whose rules was tried has proved nothing
        if not result.is_compliant or result.rules.failed or not result.rules.passed:
            failed += 1
            for failure in result.failures:
                print(f"  {failure.rule_id}: {failure.message}")
if len(sys.argv) < 2:
    sys.exit("no PDF was given")
sys.exit(1 if failed else 0)
