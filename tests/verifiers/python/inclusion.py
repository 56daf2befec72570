"""Checks without a network that an event is in a chain that was signed, with PyJWT and the standard library alone.

    python3 inclusion.py PROOF.json DID.json

PROOF.json is the answer to the query `inclusionProof`, DID.json the issuer's document from a place that you trust. Prints one
JSON object, and exits with 0 if the proof is good and with 1 if it is not.
"""

import hashlib
import json
import sys

import jwt


class Refused(Exception):
    """The proof shows nothing."""


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root_of(leaf, index, size, path):
    """The root that a path leads to (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        raise Refused("path: no such leaf")
    at, last, reached = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Refused("path: too long")
        if at % 2 == 1 or at == last:
            reached = sha256(b"\x01", sibling, reached)
            while at % 2 == 0 and at != 0:
                at, last = at // 2, last // 2
        else:
            reached = sha256(b"\x01", reached, sibling)
        at, last = at // 2, last // 2
    if last != 0:
        raise Refused("path: too short")
    return reached


def signed(token, document):
    """What a checkpoint says, if the issuer signed it."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise Refused(f"token: {error}") from error
    if header.get("typ") != "chain-checkpoint+jwt":
        raise Refused("token: not a checkpoint")
    keys = {
        method["id"]: method["publicKeyJwk"]
        for method in document["verificationMethod"]
        if method["id"] in document["assertionMethod"] and method["controller"] == document["id"]
    }
    if header.get("kid") not in keys:
        raise Refused("token: signed with a key that the issuer does not have")
    try:
        said = jwt.decode(token, jwt.PyJWK(keys[header["kid"]], algorithm="EdDSA").key, algorithms=["EdDSA"])
    except jwt.InvalidTokenError as error:
        raise Refused(f"token: {error}") from error
    if said["iss"] != document["id"]:
        raise Refused("token: issued by somebody else")
    return said


def verify(proof, document):
    seal = sha256(bytes.fromhex(proof["previousSeal"]), proof["canonicalEvent"].encode("utf-8"))
    if seal.hex() != proof["seal"]:
        raise Refused("event: sealed as something else")
    leaf = sha256(b"\x00", seal)
    if leaf.hex() != proof["leafHash"]:
        raise Refused("leaf: of another seal")
    path = [bytes.fromhex(one) for one in proof["path"]]
    root = root_of(leaf, proof["sequence"] - 1, proof["treeSize"], path)
    if root.hex() != proof["root"]:
        raise Refused("root: not where the path leads")
    said = signed(proof["checkpoint"], document)
    if said["root"] != proof["root"] or said["sequence"] != proof["treeSize"]:
        raise Refused("root: not the one that was signed")
    return json.loads(proof["canonicalEvent"])["eventID"]


def main(arguments):
    with open(arguments[0], encoding="utf-8") as proof, open(arguments[1], encoding="utf-8") as document:
        proof, document = json.load(proof), json.load(document)
    try:
        print(json.dumps({"valid": True, "id": verify(proof, document)}))
        return 0
    except Refused as refused:
        print(json.dumps({"valid": False, "reason": str(refused)}))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
