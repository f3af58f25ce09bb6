import { Refusal } from "./refusal";
import * as server from "./server";

/**
 * Passkeys of this browser (Web Authentication, Level 3). Pages reached by a
 * bare address have none: a passkey belongs to a name.
 */
export const passkeysWork: boolean =
  typeof PublicKeyCredential !== "undefined" &&
  "parseRequestOptionsFromJSON" in PublicKeyCredential &&
  !/^[\d.]+$|:/.test(location.hostname);

/** The person, or the device, did not go through with it. */
export class Stopped extends Error {}

async function asked(what: () => Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await what();
    if (!(credential instanceof PublicKeyCredential)) throw new Stopped();
    return credential.toJSON();
  } catch (error) {
    if (error instanceof Refusal || error instanceof Stopped) throw error;
    throw new Stopped();
  }
}

type Options<T> = { publicKey: T };

export async function signInWithPasskey(): Promise<void> {
  await withPasskey(server.signInWithPasskey);
}

/** Proves again who sits here. */
export async function proveWithPasskey(): Promise<void> {
  await withPasskey(server.proveWithPasskey);
}

async function withPasskey(take: (id: string, credential: unknown) => Promise<void>) {
  const { id, options } = await server.offerSignIn();
  const { publicKey } = options as Options<PublicKeyCredentialRequestOptionsJSON>;
  const credential = await asked(() =>
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey),
    }),
  );
  await take(id, credential);
}

export async function addPasskey(name: string): Promise<void> {
  const { id, options } = await server.offerPasskey();
  const { publicKey } = options as Options<PublicKeyCredentialCreationOptionsJSON>;
  const credential = await asked(() =>
    navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey),
    }),
  );
  await server.addPasskey(id, name, credential);
}
