"""Checks a credential bundle without a network, with PyJWT alone.

    python3 verify.py BUNDLE.json DID.json [INSTANT]

DID.json is the issuer's document from a place that you trust; INSTANT is when it is to be valid, by default now. Prints one
JSON object, and exits with 0 if the credential is good and with 1 if it is not.
"""

import base64
import gzip
import json
import sys
from datetime import datetime, timezone

import jwt

LIST_BITS = 131_072


class Refused(Exception):
    """The credential is not to be relied on."""


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def keys_of(document):
    """The keys that the issuer signs statements with, by their full names."""
    asserting = set(document.get("assertionMethod", []))
    methods = document.get("verificationMethod", [])
    return {
        method["id"]: jwt.PyJWK(method["publicKeyJwk"], algorithm="EdDSA").key
        for method in methods
        if method["id"] in asserting and method["controller"] == document["id"]
    }


def issuer_of(said):
    issuer = said.get("issuer")
    return issuer.get("id") if isinstance(issuer, dict) else issuer


def opened(token, document, at):
    """What a token says, if it is signed by the issuer and holds at the instant."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise Refused(f"no token: {error}") from error
    if header.get("typ") != "vc+jwt" or header.get("cty") != "vc":
        raise Refused("not a credential secured with JOSE")
    key = keys_of(document).get(header.get("kid"))
    if key is None:
        raise Refused("signed with a key that the issuer does not have")
    try:
        said = jwt.decode(token, key, algorithms=["EdDSA"])
    except jwt.InvalidTokenError as error:
        raise Refused(f"signature: {error}") from error
    if issuer_of(said) != document["id"]:
        raise Refused("issued by somebody else")
    if "validFrom" in said and at < instant(said["validFrom"]):
        raise Refused("not valid yet")
    if "validUntil" in said and instant(said["validUntil"]) < at:
        raise Refused("expired")
    return said


def is_set(encoded, index):
    if not encoded.startswith("u"):
        raise Refused("a list that is not multibase base64url")
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
    if len(bits) * 8 < LIST_BITS or not 0 <= index < len(bits) * 8:
        raise Refused("a list that is too short")
    return bits[index // 8] & (0x80 >> index % 8) != 0


def verify(bundle, document, at):
    said = opened(bundle["credential"]["token"], document, at)
    if bundle["credential"]["id"] != said["id"]:
        raise Refused("another credential than the bundle says")
    lists = {one["id"]: one["token"] for one in bundle["statusLists"]}
    for entry in said["credentialStatus"]:
        if entry["type"] != "BitstringStatusListEntry" or entry["statusListCredential"] not in lists:
            raise Refused("a status that cannot be looked up")
        told = opened(lists[entry["statusListCredential"]], document, at)
        subject = told["credentialSubject"]
        if told["id"] != entry["statusListCredential"] or "BitstringStatusListCredential" not in told["type"]:
            raise Refused("another list than the credential names")
        if subject["type"] != "BitstringStatusList" or subject["statusPurpose"] != entry["statusPurpose"]:
            raise Refused("a list for another purpose")
        if is_set(subject["encodedList"], int(entry["statusListIndex"])):
            raise Refused(f"status: {entry['statusPurpose']}")
    return said["id"]


def main(arguments):
    bundle, document = read(arguments[0]), read(arguments[1])
    at = instant(arguments[2]) if len(arguments) > 2 else datetime.now(timezone.utc)
    try:
        print(json.dumps({"valid": True, "id": verify(bundle, document, at)}))
        return 0
    except Refused as refused:
        print(json.dumps({"valid": False, "reason": str(refused)}))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
