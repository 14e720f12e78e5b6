/* Containers and the keys in them. */
#include <stdlib.h>
#include <string.h>

#include "vcard.h"

static _Thread_local answer a;

static int badName(const char *name) { return !name || !*name || strlen(name) > CONTAINER_NAME; }

/* onNamed sends a command on a container by its name, for an answer of len octets. */
static ULONG onNamed(object *app, BYTE ins, const char *name, size_t len) {
	command c = start(ins, 0, 0);
	put(&c, app->app, 2);
	put(&c, name, strlen(name));
	return exact(app->device, &c, len, &a);
}

static ULONG enter(HAPPLICATION h, BYTE ins, const char *name, HCONTAINER *out) {
	ULONG sar;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	sar = badName(name) ? SAR_NAMELENERR : out ? onNamed(app, ins, name, 2) : SAR_INVALIDPARAMERR;
	if (!sar) {
		object *o = newObject(CONTAINER, app->device);
		if (o) {
			memcpy(o->app, app->app, 2);
			memcpy(o->container, a.data, 2);
			strcpy(o->name, name);
			*out = o;
		} else {
			sar = SAR_MEMORYERR;
		}
	}
	release(app);
	return sar;
}

SKF SKF_CreateContainer(HAPPLICATION h, LPSTR name, HCONTAINER *out) { return enter(h, INS_CREATECONT, name, out); }

SKF SKF_OpenContainer(HAPPLICATION h, LPSTR name, HCONTAINER *out) { return enter(h, INS_OPENCONT, name, out); }

SKF SKF_DeleteContainer(HAPPLICATION h, LPSTR name) {
	ULONG sar;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	sar = badName(name) ? SAR_NAMELENERR : onNamed(app, INS_DELETECONT, name, 0);
	release(app);
	return sar;
}

SKF SKF_CloseContainer(HCONTAINER h) {
	ULONG sar;
	object *o = grab(h, CONTAINER, &sar);
	if (!o)
		return sar;
	drop(o);
	return SAR_OK;
}

SKF SKF_EnumContainer(HAPPLICATION h, LPSTR names, ULONG *size) {
	ULONG sar;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	command c = start(INS_ENUMCONT, 0, 0);
	put(&c, app->app, 2);
	sar = send(app->device, &c, 65536, &a, NULL);
	if (!sar)
		sar = deliver(a.data, a.len, names, size);
	release(app);
	return sar;
}

SKF SKF_GetContainerType(HCONTAINER h, ULONG *type) {
	ULONG sar;
	object *o = grab(h, CONTAINER, &sar);
	if (!o)
		return sar;
	sar = type ? onNamed(o, INS_CONTINFO, o->name, 11) : SAR_INVALIDPARAMERR;
	if (!sar)
		*type = a.data[0];
	release(o);
	return sar;
}

/* on starts a command on a container. */
static command on(object *o, BYTE ins, BYTE p1) {
	command c = start(ins, p1, 0);
	put(&c, o->app, 2);
	put(&c, o->container, 2);
	return c;
}

SKF SKF_ImportCertificate(HCONTAINER h, BOOL sign, BYTE *der, ULONG len) {
	ULONG sar;
	object *o = grab(h, CONTAINER, &sar);
	if (!o)
		return sar;
	command c = on(o, INS_IMPORTCERT, 0);
	BYTE pair = sign ? 1 : 0;
	put(&c, &pair, 1);
	put32(&c, len);
	if (der)
		put(&c, der, len);
	sar = der ? send(o->device, &c, 0, &a, NULL) : SAR_INVALIDPARAMERR;
	release(o);
	return sar;
}

SKF SKF_ExportCertificate(HCONTAINER h, BOOL sign, BYTE *der, ULONG *len) {
	ULONG sar;
	object *o = grab(h, CONTAINER, &sar);
	if (!o)
		return sar;
	command c = on(o, INS_EXPORTCERT, sign ? 1 : 0);
	sar = send(o->device, &c, 65536, &a, NULL);
	if (!sar)
		sar = a.len >= 4 && get32(a.data) == a.len - 4 ? deliver(a.data + 4, a.len - 4, der, len) : confirm(o->device, SAR_FAIL);
	release(o);
	return sar;
}

/* blob fills a public key from X 32, Y 32. */
static void blob(ECCPUBLICKEYBLOB *pub, const BYTE *xy) {
	memset(pub, 0, sizeof *pub);
	pub->BitLen = 256;
	memcpy(pub->X + 32, xy, 32);
	memcpy(pub->Y + 32, xy + 32, 32);
}

/* putPublic appends bits, X 32, Y 32. */
static void putPublic(command *c, const ECCPUBLICKEYBLOB *pub) {
	put32(c, pub->BitLen);
	put(c, pub->X + 32, 32);
	put(c, pub->Y + 32, 32);
}

SKF SKF_ExportPublicKey(HCONTAINER h, BOOL sign, BYTE *out, ULONG *len) {
	ULONG sar;
	object *o = grab(h, CONTAINER, &sar);
	if (!o)
		return sar;
	command c = on(o, INS_EXPORTPUB, sign ? 1 : 0);
	sar = exact(o->device, &c, 68, &a);
	if (!sar && get32(a.data) != 256)
		sar = SAR_FAIL;
	if (!sar) {
		ECCPUBLICKEYBLOB pub;
		blob(&pub, a.data + 4);
		sar = deliver(&pub, sizeof pub, out, len);
	}
	release(o);
	return sar;
}

SKF SKF_GenECCKeyPair(HCONTAINER h, ULONG alg, ECCPUBLICKEYBLOB *pub) {
	ULONG sar;
	object *o = grab(h, CONTAINER, &sar);
	if (!o)
		return sar;
	if (!pub || (alg != SGD_SM2_1 && alg != SGD_SM2_2)) {
		sar = pub ? SAR_NOTSUPPORTYETERR : SAR_INVALIDPARAMERR;
	} else {
		command c = on(o, INS_GENKEY, 0);
		put32(&c, 256);
		sar = exact(o->device, &c, 64, &a);
		if (!sar)
			blob(pub, a.data);
	}
	release(o);
	return sar;
}

/* putCipher appends x 32, y 32, hash 32, length, text. */
static void putCipher(command *c, const ECCCIPHERBLOB *blob) {
	put(c, blob->X + 32, 32);
	put(c, blob->Y + 32, 32);
	put(c, blob->HASH, 32);
	put32(c, blob->CipherLen);
	put(c, blob->Cipher, blob->CipherLen);
}

SKF SKF_ImportECCKeyPair(HCONTAINER h, ENVELOPEDKEYBLOB *b) {
	ULONG sar;
	object *o = grab(h, CONTAINER, &sar);
	if (!o)
		return sar;
	if (!b || b->ECCCipherBlob.CipherLen != 16) {
		sar = b ? SAR_INDATAERR : SAR_INVALIDPARAMERR;
	} else {
		command c = on(o, INS_IMPORTKEY, 0);
		put32(&c, b->Version);
		put32(&c, b->ulSymmAlgID);
		put32(&c, b->ulBits);
		putCipher(&c, &b->ECCCipherBlob);
		putPublic(&c, &b->PubKey);
		put32(&c, sizeof b->cbEncryptedPriKey);
		put(&c, b->cbEncryptedPriKey, sizeof b->cbEncryptedPriKey);
		sar = send(o->device, &c, 0, &a, NULL);
	}
	release(o);
	return sar;
}

SKF SKF_ECCSignData(HCONTAINER h, BYTE *digest, ULONG len, ECCSIGNATUREBLOB *sig) {
	ULONG sar;
	object *o = grab(h, CONTAINER, &sar);
	if (!o)
		return sar;
	if (!digest || !sig || len != 32) {
		sar = digest && sig ? SAR_INDATALENERR : SAR_INVALIDPARAMERR;
	} else {
		command c = on(o, INS_SIGN, 2);
		put(&c, digest, len);
		sar = exact(o->device, &c, 68, &a);
		if (!sar) {
			memset(sig, 0, sizeof *sig);
			memcpy(sig->r + 32, a.data + 4, 32);
			memcpy(sig->s + 32, a.data + 36, 32);
		}
	}
	release(o);
	return sar;
}

SKF SKF_ECCVerify(DEVHANDLE h, ECCPUBLICKEYBLOB *pub, BYTE *digest, ULONG len, ECCSIGNATUREBLOB *sig) {
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	if (!pub || !digest || !sig || len != 32) {
		sar = pub && digest && sig ? SAR_INDATALENERR : SAR_INVALIDPARAMERR;
	} else {
		command c = start(INS_VERIFY, 0, 0);
		putPublic(&c, pub);
		put32(&c, len);
		put(&c, digest, len);
		put(&c, sig->r + 32, 32);
		put(&c, sig->s + 32, 32);
		sar = send(dev, &c, 0, &a, NULL);
	}
	release(dev);
	return sar;
}

SKF SKF_ImportSessionKey(HCONTAINER h, ULONG alg, BYTE *wrapped, ULONG len, HANDLE *out) {
	ULONG sar;
	const ECCCIPHERBLOB *b = (const ECCCIPHERBLOB *)wrapped;
	object *o = grab(h, CONTAINER, &sar);
	if (!o)
		return sar;
	size_t head = offsetof(ECCCIPHERBLOB, Cipher);
	if (!wrapped || !out || len < head || b->CipherLen > len - head || b->CipherLen > MAX_DATA) {
		sar = SAR_INVALIDPARAMERR;
	} else {
		command c = on(o, INS_IMPORTSESSION, 0);
		put32(&c, alg);
		put32(&c, 4 + 96 + 4 + b->CipherLen);
		put32(&c, 256);
		putCipher(&c, b);
		sar = exact(o->device, &c, 2, &a);
		object *key = !sar ? newObject(KEY, o->device) : NULL;
		if (key) {
			memcpy(key->app, o->app, 2);
			memcpy(key->container, o->container, 2);
			memcpy(key->key, a.data, 2);
			key->alg = alg;
			*out = key;
		} else if (!sar) {
			sar = SAR_MEMORYERR;
		}
	}
	release(o);
	return sar;
}
