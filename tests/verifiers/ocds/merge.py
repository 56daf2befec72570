"""Merges releases by the standard's own tool.

merge.py SCHEMA PROCESSES: the release schema with its extensions, and an array of arrays of releases. Prints an array of
{compiled, versioned}. Anything that the tool warns of is an error.
"""

import json
import sys
import warnings

from ocdsmerge import Merger

warnings.simplefilter("error")

with open(sys.argv[1], encoding="utf-8") as file:
    merger = Merger(json.load(file))
with open(sys.argv[2], encoding="utf-8") as file:
    processes = json.load(file)

merged = [
    {
        "compiled": merger.create_compiled_release(releases),
        "versioned": merger.create_versioned_release(releases),
    }
    for releases in processes
]
json.dump(merged, sys.stdout)
