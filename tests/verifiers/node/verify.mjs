// Checks a credential bundle without a network, with stock libraries.
//
//     node verify.mjs BUNDLE.json DID.json [INSTANT]
//
// DID.json is the issuer's document from a place that you trust; INSTANT is when it is to be valid, by default now. Prints one
// JSON object, and exits with 0 if the credential is good and with 1 if it is not.

import {readFile} from 'node:fs/promises';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {compactVerify, importJWK} from 'jose';

class Refused extends Error {}

const read = async path => JSON.parse(await readFile(path, 'utf8'));
const issuerOf = said => typeof said.issuer === 'object' ? said.issuer.id : said.issuer;

/** The key that a token names, if the issuer signs statements with it. */
const keyFor = document => async header => {
  const method = (document.verificationMethod ?? []).find(one => one.id === header.kid);
  const asserts = (document.assertionMethod ?? []).includes(header.kid);
  if(!method || !asserts || method.controller !== document.id) {
    throw new Refused('signed with a key that the issuer does not have');
  }
  return importJWK(method.publicKeyJwk, 'EdDSA');
};

/** What a token says, if it is signed by the issuer and holds at the instant. */
async function open(token, document, at) {
  let verified;
  try {
    verified = await compactVerify(token, keyFor(document), {algorithms: ['EdDSA']});
  } catch(error) {
    throw error instanceof Refused ? error : new Refused(`signature: ${error.message}`);
  }
  const {payload, protectedHeader} = verified;
  if(protectedHeader.typ !== 'vc+jwt' || protectedHeader.cty !== 'vc') {
    throw new Refused('not a credential secured with JOSE');
  }
  const said = JSON.parse(new TextDecoder().decode(payload));
  if(issuerOf(said) !== document.id) {
    throw new Refused('issued by somebody else');
  }
  if(said.validFrom && at < new Date(said.validFrom)) {
    throw new Refused('not valid yet');
  }
  if(said.validUntil && new Date(said.validUntil) < at) {
    throw new Refused('expired');
  }
  return said;
}

async function verify(bundle, document, at) {
  const credential = await open(bundle.credential.token, document, at);
  if(bundle.credential.id !== credential.id) {
    throw new Refused('another credential than the bundle says');
  }
  const lists = new Map(bundle.statusLists.map(one => [one.id, one.token]));
  const documentLoader = async url => {
    const told = await open(lists.get(url) ?? '', document, at);
    if(told.id !== url) {
      throw new Refused('another list than the credential names');
    }
    return {document: told, documentUrl: url, contextUrl: null};
  };
  // Signed lists are opened above, by what they are signed with.
  const checked = await checkStatus({credential, documentLoader, verifyBitstringStatusListCredential: false});
  if(!checked.verified) {
    throw new Refused(`status: ${checked.error?.message}`);
  }
  const set = checked.results.filter(({status}) => status);
  if(set.length > 0) {
    throw new Refused(`status: ${set.map(({credentialStatus}) => credentialStatus.statusPurpose).join(', ')}`);
  }
  return credential.id;
}

const [bundlePath, documentPath, instant] = process.argv.slice(2);
const [bundle, document] = await Promise.all([read(bundlePath), read(documentPath)]);
const say = outcome => process.stdout.write(`${JSON.stringify(outcome)}\n`);
try {
  const at = instant ? new Date(instant) : new Date();
  say({valid: true, id: await verify(bundle, document, at)});
} catch(error) {
  if(!(error instanceof Refused)) {
    throw error;
  }
  say({valid: false, reason: error.message});
  process.exitCode = 1;
}
