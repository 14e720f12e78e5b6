/* crypto.c: 7.6, what the keys of a container do. */
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "chaos.h"

/* keys is use_container with the user PIN. */
static struct container *keys(struct call *c, HCONTAINER h, struct handle **app)
{
	struct container *k = use_container(c, h, app);
	for (uint32_t i = 0; k && i < c->token.apps; i++)
		if (c->token.app[i].id == (*app)->id)
			c->answer = need_user(c, &c->token.app[i], *app);
	return c->answer ? NULL : k;
}

static ULONG gen_random(struct call *c, DEVHANDLE h, BYTE *out, ULONG n)
{
	struct handle *dev = use(c, h, DEVICE);
	if (!dev)
		return c->answer;
	if (!out || n == 0 || n > 1 << 20)
		return SAR_INVALIDPARAMERR;
	if (RAND_bytes(out, (int)n) != 1)
		return SAR_GENRANDERR;
	if (on(c, "zero-random"))
		memset(out, 0, n);
	memset(dev->challenge, 0, sizeof dev->challenge);
	memcpy(dev->challenge, out, n < 8 ? n : 8);
	dev->challenged = true;
	return SAR_OK;
}

ULONG SKF_GenRandom(DEVHANDLE hDev, BYTE *pbRandom, ULONG ulRandomLen) { RUN(gen_random(c, hDev, pbRandom, ulRandomLen)); }

/* tell_key gives a public key out, or the lie that is asked for. */
static void tell_key(struct call *c, const struct pair *p, ECCPUBLICKEYBLOB *blob)
{
	struct pair other = *p;
	if (on(c, "foreign-key"))
		sm2_generate(&other);
	if (on(c, "off-curve"))
		other.y[31] ^= 1;
	sm2_blob(&other, blob);
	if (on(c, "left-aligned")) {
		memmove(blob->XCoordinate, blob->XCoordinate + 32, 32);
		memmove(blob->YCoordinate, blob->YCoordinate + 32, 32);
		memset(blob->XCoordinate + 32, 0, 32);
		memset(blob->YCoordinate + 32, 0, 32);
	}
	if (on(c, "lie-bits"))
		blob->BitLen = (ULONG)number(on(c, "lie-bits"), 512);
}

static ULONG gen_ecc_key_pair(struct call *c, HCONTAINER h, ULONG alg, ECCPUBLICKEYBLOB *out)
{
	struct handle *app;
	struct container *k = keys(c, h, &app);
	ECCPUBLICKEYBLOB blob;
	if (!k)
		return c->answer;
	if (alg != SGD_SM2_1 || !out)
		return SAR_INVALIDPARAMERR;
	if (k->sign.present && !on(c, "replace-key"))
		return SAR_OBJERR;
	if (!sm2_generate(&k->sign))
		return SAR_FAIL;
	c->changed = true;
	tell_key(c, &k->sign, &blob);
	return put_struct(c, &blob, sizeof blob, out);
}

ULONG SKF_GenECCKeyPair(HCONTAINER hContainer, ULONG ulAlgId, ECCPUBLICKEYBLOB *pBlob) { RUN(gen_ecc_key_pair(c, hContainer, ulAlgId, pBlob)); }

/* open_envelope decrypts the private key of an envelope: whether the zeros before
   it were encrypted too, the last 32 octets are the same. */
static bool open_envelope(const struct pair *sign, const ENVELOPEDKEYBLOB *e, uint8_t d[32])
{
	uint8_t key[16], plain[64];
	size_t n = sizeof key;
	const ECCCIPHERBLOB *wrapped = (const void *)((const uint8_t *)e + offsetof(ENVELOPEDKEYBLOB, ECCCipherBlob));
	bool ok = wrapped->CipherLen == sizeof key && sm2_decrypt(sign, wrapped, key, &n) && n == sizeof key &&
		sm4(false, key, e->cbEncryptedPriKey, plain, sizeof plain);
	if (ok)
		memcpy(d, plain + 32, 32);
	OPENSSL_cleanse(key, sizeof key);
	OPENSSL_cleanse(plain, sizeof plain);
	return ok;
}

static ULONG import_ecc_key_pair(struct call *c, HCONTAINER h, const ENVELOPEDKEYBLOB *e)
{
	struct handle *app;
	struct container *k = keys(c, h, &app);
	ECCPUBLICKEYBLOB public;
	struct pair p;
	if (!k)
		return c->answer;
	if (!k->sign.present)
		return SAR_KEYNOTFOUNTERR;
	if (!e || e->Version != 1 || e->ulSymmAlgID != SGD_SM4_ECB || e->ulBits != 256)
		return SAR_INVALIDPARAMERR;
	memcpy(&public, (const uint8_t *)e + offsetof(ENVELOPEDKEYBLOB, PubKey), sizeof public);
	if (!sm2_public(&public, &p) || !open_envelope(&k->sign, e, p.d) || (!sm2_matches(&p) && !on(c, "any-envelope")))
		return SAR_INDATAERR;
	bool same = k->enc.present && !memcmp(k->enc.d, p.d, 32);
	if (same)
		return SAR_OK;
	if (k->enc.present && !on(c, "replace-key"))
		return SAR_OBJERR;
	drop_blob(&k->enc.cert); /* it was for another key */
	k->enc = p;
	c->changed = true;
	return SAR_OK;
}

ULONG SKF_ImportECCKeyPair(HCONTAINER hContainer, ENVELOPEDKEYBLOB *pEnvelopedKeyBlob) { RUN(import_ecc_key_pair(c, hContainer, pEnvelopedKeyBlob)); }

static ULONG export_public_key(struct call *c, HCONTAINER h, bool sign, BYTE *out, ULONG *len)
{
	struct handle *app;
	struct container *k = use_container(c, h, &app);
	ECCPUBLICKEYBLOB blob;
	if (!k)
		return c->answer;
	const struct pair *p = sign ? &k->sign : &k->enc;
	if (!p->present)
		return SAR_KEYNOTFOUNTERR;
	tell_key(c, p, &blob);
	return put(c, &blob, sizeof blob, out, len);
}

ULONG SKF_ExportPublicKey(HCONTAINER hContainer, BOOL bSign, BYTE *pbBlob, ULONG *pulBlobLen) { RUN(export_public_key(c, hContainer, bSign, pbBlob, pulBlobLen)); }

/* spoil makes of a good signature the one that a fault asks for. */
static void spoil(const struct call *c, ECCSIGNATUREBLOB *sig)
{
	if (on(c, "wrong-signature"))
		sig->s[63] ^= 1;
	if (on(c, "zero-signature"))
		memset(sig, 0, sizeof *sig);
	if (on(c, "negative-signature")) { /* sign-extended, as from a signed big integer */
		memset(sig->r, 0xFF, 32);
		memset(sig->s, 0xFF, 32);
		sig->r[32] |= 0x80;
		sig->s[32] |= 0x80;
	}
	if (on(c, "big-signature")) { /* beyond the order */
		memset(sig->r + 32, 0xFF, 32);
		memset(sig->s + 32, 0xFF, 32);
	}
	if (on(c, "short-signature")) { /* 31 octets of each */
		sig->r[32] = 0;
		sig->s[32] = 0;
	}
	if (on(c, "left-aligned")) {
		memmove(sig->r, sig->r + 32, 32);
		memmove(sig->s, sig->s + 32, 32);
		memset(sig->r + 32, 0, 32);
		memset(sig->s + 32, 0, 32);
	}
	if (on(c, "random-signature"))
		RAND_bytes((uint8_t *)sig, sizeof *sig);
}

static const char default_id[] = "1234567812345678";

/* ecc_sign signs e, or for tokens of the "data" kind the message itself. */
static ULONG ecc_sign(struct call *c, HCONTAINER h, const BYTE *data, ULONG n, ECCSIGNATUREBLOB *out)
{
	struct handle *app;
	struct container *k = keys(c, h, &app);
	ECCSIGNATUREBLOB sig = {0};
	uint8_t z[32], e[32];
	if (!k)
		return c->answer;
	if (!k->sign.present)
		return SAR_KEYNOTFOUNTERR;
	if (!data || !out)
		return SAR_INVALIDPARAMERR;
	if (on(c, "sign-data")) {
		if (!sm3_z(&k->sign, default_id, 16, z) || !sm3(z, 32, data, n, e))
			return SAR_HASHERR;
	} else if (n != 32) {
		return SAR_INDATALENERR;
	} else {
		memcpy(e, data, 32);
	}
	struct pair signer = k->sign;
	if (on(c, "foreign-signature") && !sm2_generate(&signer))
		return SAR_FAIL;
	if (on(c, "no-signature"))
		return SAR_OK;
	if (!sm2_sign(&signer, e, sig.r + 32, sig.s + 32))
		return SAR_FAIL;
	spoil(c, &sig);
	return put_struct(c, &sig, sizeof sig, out);
}

ULONG SKF_ECCSignData(HCONTAINER hContainer, BYTE *pbDigest, ULONG ulDigestLen, ECCSIGNATUREBLOB *pSignature)
{
	RUN(ecc_sign(c, hContainer, pbDigest, ulDigestLen, pSignature));
}

/* import_session_key opens a session key with the encryption key; it stays inside. */
static ULONG import_session_key(struct call *c, HCONTAINER h, ULONG alg, const BYTE *wrapped, ULONG n, HANDLE *out)
{
	struct handle *app;
	struct container *k = keys(c, h, &app);
	uint8_t key[16];
	size_t len = sizeof key;
	if (!k)
		return c->answer;
	if (!k->enc.present)
		return SAR_KEYNOTFOUNTERR;
	if (!wrapped || !out || !is_sm4(alg))
		return SAR_INVALIDPARAMERR;
	const ECCCIPHERBLOB *blob = (const void *)wrapped;
	size_t want = offsetof(ECCCIPHERBLOB, Cipher) + sizeof key;
	if (n < want || n > want + sizeof(ULONG) || blob->CipherLen != sizeof key)
		return SAR_INDATALENERR;
	if (!sm2_decrypt(&k->enc, blob, key, &len) || len != sizeof key)
		return SAR_INDATAERR;
	ULONG answer = hand_out(c, open_key(device_of(app), key, alg), out);
	OPENSSL_cleanse(key, sizeof key);
	return answer;
}

ULONG SKF_ImportSessionKey(HCONTAINER hContainer, ULONG ulAlgId, BYTE *pbWrapped, ULONG ulWrappedLen, HANDLE *phKey)
{
	RUN(import_session_key(c, hContainer, ulAlgId, pbWrapped, ulWrappedLen, phKey));
}

static ULONG export_session_key(struct call *c, HCONTAINER h, ULONG alg, const ECCPUBLICKEYBLOB *to, ECCCIPHERBLOB *data, HANDLE *out)
{
	struct handle *app;
	struct pair p;
	uint8_t key[16];
	if (!use_container(c, h, &app))
		return c->answer;
	if (!data || !out || !is_sm4(alg) || !sm2_public(to, &p))
		return SAR_INVALIDPARAMERR;
	if (RAND_bytes(key, sizeof key) != 1 || !sm2_encrypt(&p, key, sizeof key, data))
		return SAR_FAIL;
	ULONG answer = hand_out(c, open_key(device_of(app), key, alg), out);
	OPENSSL_cleanse(key, sizeof key);
	return answer;
}

ULONG SKF_ECCExportSessionKey(HCONTAINER hContainer, ULONG ulAlgId, ECCPUBLICKEYBLOB *pKey, ECCCIPHERBLOB *pData, HANDLE *phSessionKey)
{
	RUN(export_session_key(c, hContainer, ulAlgId, pKey, pData, phSessionKey));
}
