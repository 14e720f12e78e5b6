/* Random octets, digests, and SM4 under session keys: those that the card opened
 * stay on the card, those that a program hands over are used here. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "vcard.h"

static _Thread_local answer a;

enum { BLOCK = 16 };

SKF SKF_GenRandom(DEVHANDLE h, BYTE *out, ULONG len) {
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	if (!out)
		sar = SAR_INVALIDPARAMERR;
	for (ULONG done = 0; !sar && done < len; done += a.len) {
		ULONG part = len - done < CHUNK ? len - done : CHUNK;
		command c = start(INS_RANDOM, 0, 0);
		sar = exact(dev, &c, part, &a);
		if (!sar)
			memcpy(out + done, a.data, part);
	}
	release(dev);
	return sar;
}

/* ---- SM3, on the card: one digest at a time ---- */

SKF SKF_DigestInit(DEVHANDLE h, ULONG alg, ECCPUBLICKEYBLOB *pub, BYTE *id, ULONG idLen, HANDLE *out) {
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	command c = start(INS_DIGESTINIT, 0, 1);
	if (pub && id && idLen) {
		put32(&c, pub->BitLen);
		put(&c, pub->X + 32, 32);
		put(&c, pub->Y + 32, 32);
		put32(&c, idLen);
		put(&c, id, idLen);
	}
	sar = alg != SGD_SM3 ? SAR_NOTSUPPORTYETERR : out ? send(dev, &c, 0, &a, NULL) : SAR_INVALIDPARAMERR;
	if (!sar) {
		*out = newObject(HASH, dev);
		if (!*out)
			sar = SAR_MEMORYERR;
	}
	release(dev);
	return sar;
}

static ULONG hash(object *o, const BYTE *in, ULONG len) {
	ULONG sar = in || !len ? SAR_OK : SAR_INVALIDPARAMERR;
	for (ULONG done = 0; !sar && done < len;) {
		ULONG part = len - done < CHUNK ? len - done : CHUNK;
		command c = start(INS_DIGESTUPDATE, 0, 0);
		put(&c, in + done, part);
		sar = send(o->device, &c, 0, &a, NULL);
		done += part;
	}
	return sar;
}

static ULONG digestEnd(object *o, BYTE *out, ULONG *outLen) {
	command c = start(INS_DIGESTFINAL, 0, 0);
	ULONG sar = exact(o->device, &c, 36, &a);
	return sar ? sar : deliver(a.data + 4, 32, out, outLen);
}

SKF SKF_DigestUpdate(HANDLE h, BYTE *in, ULONG inLen) {
	ULONG sar;
	object *o = grab(h, HASH, &sar);
	if (!o)
		return sar;
	sar = hash(o, in, inLen);
	release(o);
	return sar;
}

static ULONG digest(HANDLE h, const BYTE *in, ULONG inLen, BYTE *out, ULONG *outLen) {
	ULONG sar;
	object *o = grab(h, HASH, &sar);
	if (!o)
		return sar;
	if (!outLen) {
		sar = SAR_INVALIDPARAMERR;
	} else if (!out || *outLen < 32) { /* asked for the length: nothing is hashed */
		sar = out ? SAR_BUFFER_TOO_SMALL : SAR_OK;
		*outLen = 32;
	} else {
		sar = hash(o, in, inLen);
		if (!sar)
			sar = digestEnd(o, out, outLen);
	}
	release(o);
	return sar;
}

SKF SKF_Digest(HANDLE h, BYTE *in, ULONG inLen, BYTE *out, ULONG *outLen) { return digest(h, in, inLen, out, outLen); }

SKF SKF_DigestFinal(HANDLE h, BYTE *out, ULONG *outLen) { return digest(h, NULL, 0, out, outLen); }

/* ---- SM4 ---- */

SKF SKF_SetSymmKey(DEVHANDLE h, BYTE *value, ULONG alg, HANDLE *out) {
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	if (!value || !out || (alg != SGD_SM4_ECB && alg != SGD_SM4_CBC)) {
		sar = value && out ? SAR_NOTSUPPORTYETERR : SAR_INVALIDPARAMERR;
	} else {
		object *key = newObject(KEY, dev);
		if (key) {
			key->here = 1;
			key->alg = alg;
			memcpy(key->value, value, sizeof key->value);
			*out = key;
		} else {
			sar = SAR_MEMORYERR;
		}
	}
	release(dev);
	return sar;
}

static ULONG startHere(object *key, const BLOCKCIPHERPARAM *p, int decrypt) {
	EVP_CIPHER_CTX_free(key->cipher);
	EVP_CIPHER_CTX *ctx = key->cipher = EVP_CIPHER_CTX_new();
	const EVP_CIPHER *mode = key->alg == SGD_SM4_ECB ? EVP_sm4_ecb() : EVP_sm4_cbc();
	if (!ctx || EVP_CipherInit_ex(ctx, mode, NULL, key->value, p->IV, !decrypt) <= 0)
		return SAR_FAIL;
	EVP_CIPHER_CTX_set_padding(ctx, 0); /* padded below, alike for both kinds of key */
	return SAR_OK;
}

static ULONG startOnCard(object *key, const BLOCKCIPHERPARAM *p) {
	command c = start(INS_DECINIT, 0, 0);
	put(&c, key->app, 2);
	put(&c, key->container, 2);
	put(&c, key->key, 2);
	put32(&c, key->alg);
	put(&c, p->IV, 32);
	put32(&c, p->IVLen);
	put32(&c, 0); /* no padding: whole blocks travel */
	put32(&c, 0);
	return send(key->device, &c, 0, &a, NULL);
}

static ULONG init(HANDLE h, const BLOCKCIPHERPARAM *p, int decrypt) {
	ULONG sar;
	object *key = grab(h, KEY, &sar);
	if (!key)
		return sar;
	if (p->PaddingType > 1 || (key->alg == SGD_SM4_CBC && p->IVLen != BLOCK))
		sar = SAR_INVALIDPARAMERR;
	else if (key->here)
		sar = startHere(key, p, decrypt);
	else
		sar = decrypt ? startOnCard(key, p) : SAR_NOTSUPPORTYETERR;
	if (!sar) {
		key->running = 1;
		key->decrypt = decrypt;
		key->padded = p->PaddingType == 1;
		key->restLen = 0;
	}
	release(key);
	return sar;
}

SKF SKF_EncryptInit(HANDLE h, BLOCKCIPHERPARAM p) { return init(h, &p, 0); }

SKF SKF_DecryptInit(HANDLE h, BLOCKCIPHERPARAM p) { return init(h, &p, 1); }

/* blocks runs whole blocks through the cipher. */
static ULONG blocks(object *key, const BYTE *in, size_t len, BYTE *out) {
	int n;
	if (key->here)
		return EVP_CipherUpdate(key->cipher, out, &n, in, len) > 0 && (size_t)n == len ? SAR_OK : SAR_FAIL;
	for (size_t done = 0; done < len;) {
		size_t part = len - done < CHUNK ? len - done : CHUNK;
		command c = start(INS_DECUPDATE, 0, 0);
		put(&c, key->app, 2);
		put(&c, key->container, 2);
		put(&c, key->key, 2);
		put(&c, in + done, part);
		ULONG sar = exact(key->device, &c, part, &a);
		if (sar)
			return sar;
		memcpy(out + done, a.data, part);
		done += part;
	}
	return SAR_OK;
}

/* finish ends buf, of which len octets are not run yet; *n becomes what comes out. */
static ULONG finish(object *key, BYTE *buf, size_t len, size_t *n) {
	if (!key->padded) {
		*n = 0;
		return len ? SAR_INDATALENERR : SAR_OK;
	}
	if (!key->decrypt) {
		memset(buf + len, BLOCK - len, BLOCK - len);
		*n = BLOCK;
		return blocks(key, buf, BLOCK, buf);
	}
	if (len != BLOCK)
		return SAR_INDATALENERR;
	ULONG sar = blocks(key, buf, BLOCK, buf);
	if (sar)
		return sar;
	size_t pad = buf[BLOCK - 1];
	if (pad < 1 || pad > BLOCK)
		return SAR_DECRYPTPADERR;
	for (size_t i = BLOCK - pad; i < BLOCK; i++)
		if (buf[i] != pad)
			return SAR_DECRYPTPADERR;
	*n = BLOCK - pad;
	return SAR_OK;
}

/* step runs in behind what waited. The last block of a padded ciphertext waits
 * for the end. */
static ULONG step(HANDLE h, int decrypt, int last, const BYTE *in, ULONG inLen, BYTE *out, ULONG *outLen) {
	ULONG sar;
	object *key = grab(h, KEY, &sar);
	if (!key)
		return sar;
	size_t total = key->restLen + inLen, ready = total / BLOCK * BLOCK, tail = 0;
	if (key->decrypt && key->padded && ready == total && ready)
		ready -= BLOCK;
	size_t bound = ready + (last && key->padded ? BLOCK : 0);
	BYTE *buf = NULL;
	if (!outLen || (!in && inLen)) {
		sar = SAR_INVALIDPARAMERR;
	} else if (!key->running || key->decrypt != decrypt) {
		sar = SAR_NOTINITIALIZEERR;
	} else if (!out || *outLen < bound) {
		sar = out ? SAR_BUFFER_TOO_SMALL : SAR_OK;
		*outLen = bound;
	} else if (!(buf = malloc(total + BLOCK))) {
		sar = SAR_MEMORYERR;
	} else {
		memcpy(buf, key->rest, key->restLen);
		if (inLen)
			memcpy(buf + key->restLen, in, inLen);
		if (last)
			key->running = 0;
		sar = blocks(key, buf, ready, buf);
		if (!sar && last)
			sar = finish(key, buf + ready, total - ready, &tail);
		if (!sar && !last) {
			key->restLen = total - ready;
			memcpy(key->rest, buf + ready, key->restLen);
		}
		if (!sar) {
			memcpy(out, buf, ready + tail);
			*outLen = ready + tail;
		}
		OPENSSL_cleanse(buf, total + BLOCK);
	}
	free(buf);
	release(key);
	return sar;
}

SKF SKF_Encrypt(HANDLE h, BYTE *in, ULONG inLen, BYTE *out, ULONG *outLen) { return step(h, 0, 1, in, inLen, out, outLen); }

SKF SKF_EncryptUpdate(HANDLE h, BYTE *in, ULONG inLen, BYTE *out, ULONG *outLen) { return step(h, 0, 0, in, inLen, out, outLen); }

SKF SKF_EncryptFinal(HANDLE h, BYTE *out, ULONG *outLen) { return step(h, 0, 1, NULL, 0, out, outLen); }

SKF SKF_Decrypt(HANDLE h, BYTE *in, ULONG inLen, BYTE *out, ULONG *outLen) { return step(h, 1, 1, in, inLen, out, outLen); }

SKF SKF_DecryptUpdate(HANDLE h, BYTE *in, ULONG inLen, BYTE *out, ULONG *outLen) { return step(h, 1, 0, in, inLen, out, outLen); }

SKF SKF_DecryptFinal(HANDLE h, BYTE *out, ULONG *outLen) { return step(h, 1, 1, NULL, 0, out, outLen); }
