/* external.c: 7.6, what the token computes with keys that are handed in. */
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "chaos.h"

static ULONG ecc_verify(struct call *c, DEVHANDLE h, const ECCPUBLICKEYBLOB *key, const BYTE *e, ULONG n, const ECCSIGNATUREBLOB *sig)
{
	static const uint8_t zero[32];
	struct pair p;
	if (!use(c, h, DEVICE))
		return c->answer;
	if (on(c, "verify-anything"))
		return SAR_OK;
	if (!e || !sig || !sm2_public(key, &p))
		return SAR_INVALIDPARAMERR;
	if (n != 32)
		return SAR_INDATALENERR;
	bool good = !memcmp(sig->r, zero, 32) && !memcmp(sig->s, zero, 32) && sm2_verify(&p, e, sig->r + 32, sig->s + 32);
	return good ? SAR_OK : SAR_INDATAERR;
}

ULONG SKF_ECCVerify(DEVHANDLE hDev, ECCPUBLICKEYBLOB *pKey, BYTE *pbData, ULONG ulDataLen, ECCSIGNATUREBLOB *pSignature)
{
	RUN(ecc_verify(c, hDev, pKey, pbData, ulDataLen, pSignature));
}

ULONG SKF_ExtECCVerify(DEVHANDLE hDev, ECCPUBLICKEYBLOB *pKey, BYTE *pbData, ULONG ulDataLen, ECCSIGNATUREBLOB *pSignature)
{
	RUN(ecc_verify(c, hDev, pKey, pbData, ulDataLen, pSignature));
}

enum { MAX_PLAIN = 1024 };

static ULONG ext_encrypt(struct call *c, DEVHANDLE h, const ECCPUBLICKEYBLOB *key, const BYTE *plain, ULONG n, ECCCIPHERBLOB *out)
{
	struct pair p;
	if (!use(c, h, DEVICE))
		return c->answer;
	if (!plain || !out || !sm2_public(key, &p))
		return SAR_INVALIDPARAMERR;
	if (n == 0 || n > MAX_PLAIN)
		return SAR_INDATALENERR;
	return sm2_encrypt(&p, plain, n, out) ? SAR_OK : SAR_FAIL;
}

ULONG SKF_ExtECCEncrypt(DEVHANDLE hDev, ECCPUBLICKEYBLOB *pKey, BYTE *pbPlain, ULONG ulPlainLen, ECCCIPHERBLOB *pCipher)
{
	RUN(ext_encrypt(c, hDev, pKey, pbPlain, ulPlainLen, pCipher));
}

static bool private_key(const ECCPRIVATEKEYBLOB *blob, struct pair *p)
{
	memset(p, 0, sizeof *p);
	if (!blob || blob->BitLen != 256)
		return false;
	memcpy(p->d, blob->PrivateKey + 32, 32);
	return sm2_public_of(p);
}

static ULONG ext_decrypt(struct call *c, DEVHANDLE h, const ECCPRIVATEKEYBLOB *key, const ECCCIPHERBLOB *in, BYTE *plain, ULONG *len)
{
	struct pair p;
	uint8_t opened[MAX_PLAIN];
	size_t n = sizeof opened;
	if (!use(c, h, DEVICE))
		return c->answer;
	if (!in || !private_key(key, &p))
		return SAR_INVALIDPARAMERR;
	if (in->CipherLen == 0 || in->CipherLen > MAX_PLAIN)
		return SAR_INDATALENERR;
	ULONG answer = sm2_decrypt(&p, in, opened, &n) ? put(c, opened, n, plain, len) : SAR_INDATAERR;
	OPENSSL_cleanse(&p, sizeof p);
	OPENSSL_cleanse(opened, sizeof opened);
	return answer;
}

ULONG SKF_ExtECCDecrypt(DEVHANDLE hDev, ECCPRIVATEKEYBLOB *pKey, ECCCIPHERBLOB *pCipher, BYTE *pbPlain, ULONG *pulPlainLen)
{
	RUN(ext_decrypt(c, hDev, pKey, pCipher, pbPlain, pulPlainLen));
}

static ULONG ext_sign(struct call *c, DEVHANDLE h, const ECCPRIVATEKEYBLOB *key, const BYTE *e, ULONG n, ECCSIGNATUREBLOB *out)
{
	struct pair p;
	ECCSIGNATUREBLOB sig = {0};
	if (!use(c, h, DEVICE))
		return c->answer;
	if (!e || n != 32 || !private_key(key, &p))
		return SAR_INVALIDPARAMERR;
	bool ok = sm2_sign(&p, e, sig.r + 32, sig.s + 32);
	OPENSSL_cleanse(&p, sizeof p);
	return ok ? put_struct(c, &sig, sizeof sig, out) : SAR_FAIL;
}

ULONG SKF_ExtECCSign(DEVHANDLE hDev, ECCPRIVATEKEYBLOB *pKey, BYTE *pbData, ULONG ulDataLen, ECCSIGNATUREBLOB *pSignature)
{
	RUN(ext_sign(c, hDev, pKey, pbData, ulDataLen, pSignature));
}
