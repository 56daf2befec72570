"""Writes the event hash of each event of an EPCIS document, by the reference implementation of CBV 2.0, section 8.9.

    python3 hash.py DOCUMENT.json

Prints a JSON list: of each event the text that is hashed, and the hash.
"""

import json
import sys

from epcis_event_hash_generator import hash_generator, json_to_py


def main(arguments):
    with open(arguments[0], encoding="utf-8") as file:
        document = json.load(file)
    events = json_to_py.event_list_from_epcis_document_json(document)
    texts = hash_generator.derive_prehashes_from_events(events)
    hashes = hash_generator.calculate_hashes_from_pre_hashes(texts)
    print(json.dumps([{"text": text, "hash": name} for text, name in zip(texts, hashes)]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
