/* What travels encrypted to the card: PINs and the new device key. */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <string.h>

#include "vcard.h"

/* cardKey makes a key of X and Y. */
static EVP_PKEY *cardKey(const BYTE xy[64]) {
	BYTE point[65] = {4};
	memcpy(point + 1, xy, 64);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *key = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
	if (!ctx || EVP_PKEY_fromdata_init(ctx) <= 0 || EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* element takes one DER element of the tag from *p; its length has one form. */
static const BYTE *element(const BYTE **p, const BYTE *end, BYTE tag, size_t *len) {
	const BYTE *b = *p;
	if (end - b < 2 || b[0] != tag)
		return NULL;
	size_t n = b[1];
	b += 2;
	if (n == 0x81 && end - b >= 1) {
		n = *b++;
	} else if (n >= 0x80) {
		return NULL; /* nothing sealed here is that long */
	}
	if ((size_t)(end - b) < n)
		return NULL;
	*len = n;
	*p = b + n;
	return b;
}

static int number(const BYTE **p, const BYTE *end, BYTE out[32]) {
	size_t n;
	const BYTE *b = element(p, end, 0x02, &n);
	while (b && n > 0 && *b == 0)
		b++, n--;
	if (!b || n > 32)
		return 0;
	memset(out, 0, 32 - n);
	memcpy(out + 32 - n, b, n);
	return 1;
}

/* flat turns SEQUENCE { x, y, hash, cipher } into x 32, y 32, hash 32, length 4,
 * cipher, behind c. */
static int flat(command *c, const BYTE *der, size_t derLen) {
	size_t n, hashLen, textLen;
	BYTE x[32], y[32];
	const BYTE *p = der, *end = der + derLen, *hash, *text;
	const BYTE *inner = element(&p, end, 0x30, &n);
	if (!inner)
		return 0;
	end = inner + n;
	if (!number(&inner, end, x) || !number(&inner, end, y))
		return 0;
	hash = element(&inner, end, 0x04, &hashLen);
	text = hash ? element(&inner, end, 0x04, &textLen) : NULL;
	if (!text || hashLen != 32)
		return 0;
	put(c, x, 32);
	put(c, y, 32);
	put(c, hash, 32);
	put32(c, textLen);
	put(c, text, textLen);
	return !c->overflow;
}

static int encryptTo(const BYTE xy[64], const BYTE *plain, size_t len, command *c) {
	BYTE der[256];
	size_t derLen = sizeof der;
	EVP_PKEY *key = cardKey(xy);
	EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
	int ok = ctx && EVP_PKEY_encrypt_init(ctx) > 0 && EVP_PKEY_encrypt(ctx, der, &derLen, plain, len) > 0 && flat(c, der, derLen);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok;
}

ULONG sealed(object *device, command *c, const BYTE app[2], const void *values[], const size_t lens[], int n) {
	static _Thread_local answer a;
	BYTE plain[4 + CHALLENGE + 2 * PIN_FIELD] = {c->ins, c->p2, app[0], app[1]};
	BYTE key[64];
	size_t len = 4;

	command ask = start(INS_CARDKEY, 0, 0);
	ULONG sar = exact(device, &ask, sizeof key, &a);
	if (sar)
		return sar;
	memcpy(key, a.data, sizeof key);
	ask = start(INS_RANDOM, 0, 0);
	sar = exact(device, &ask, CHALLENGE, &a);
	if (sar)
		return sar;
	memcpy(plain + len, a.data, CHALLENGE);
	len += CHALLENGE;
	for (int i = 0; i < n; i++, len += PIN_FIELD)
		memcpy(plain + len, values[i], lens[i]);
	sar = encryptTo(key, plain, len, c) ? SAR_OK : SAR_FAIL;
	OPENSSL_cleanse(plain, sizeof plain);
	return sar;
}
