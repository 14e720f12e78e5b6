/*
 * symmetric.c: 7.6, session keys, digests and MACs. SM4 in ECB, CBC, CFB and OFB;
 * SM3, with Z before the message when an ID is given; the MAC is CBC-MAC.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "chaos.h"

struct cipher {
	ULONG alg;
	uint8_t key[16];
	BLOCKCIPHERPARAM param;
	EVP_CIPHER_CTX *run; /* between Init and Final */
	bool encrypts;
	EVP_MD_CTX *hash;
	uint8_t last[16]; /* of a MAC: the last block of ciphertext */
};

enum { BLOCK = 16 };

bool is_sm4(ULONG alg) { return alg == SGD_SM4_ECB || alg == SGD_SM4_CBC || alg == SGD_SM4_CFB || alg == SGD_SM4_OFB || alg == SGD_SM4_MAC; }

static struct handle *open_cipher(enum kind kind, struct handle *parent)
{
	struct cipher *s = calloc(1, sizeof *s);
	struct handle *h = s ? open_handle(kind, parent) : NULL;
	if (h)
		h->cipher = s;
	else
		free(s);
	return h;
}

struct handle *open_key(struct handle *parent, const uint8_t key[16], ULONG alg)
{
	struct handle *h = open_cipher(KEY, parent);
	if (h) {
		h->cipher->alg = alg;
		memcpy(h->cipher->key, key, sizeof h->cipher->key);
	}
	return h;
}

void free_cipher(struct cipher *s)
{
	if (!s)
		return;
	EVP_CIPHER_CTX_free(s->run);
	EVP_MD_CTX_free(s->hash);
	OPENSSL_cleanse(s, sizeof *s);
	free(s);
}

static ULONG set_symm_key(struct call *c, DEVHANDLE h, const BYTE *key, ULONG alg, HANDLE *out)
{
	struct handle *dev = use(c, h, DEVICE);
	if (!dev)
		return c->answer;
	if (!key || !out)
		return SAR_INVALIDPARAMERR;
	return is_sm4(alg) ? hand_out(c, open_key(dev, key, alg), out) : SAR_NOTSUPPORTYETERR;
}

ULONG SKF_SetSymmKey(DEVHANDLE hDev, BYTE *pbKey, ULONG ulAlgId, HANDLE *phKey) { RUN(set_symm_key(c, hDev, pbKey, ulAlgId, phKey)); }

static const EVP_CIPHER *mode(ULONG alg)
{
	switch (alg) {
	case SGD_SM4_ECB: return EVP_sm4_ecb();
	case SGD_SM4_CFB: return EVP_sm4_cfb128();
	case SGD_SM4_OFB: return EVP_sm4_ofb();
	default: return EVP_sm4_cbc();
	}
}

/* begin takes the parameters; the IV is the one of the parameters each time. */
static ULONG begin(struct cipher *s, bool encrypt)
{
	EVP_CIPHER_CTX_free(s->run);
	s->run = EVP_CIPHER_CTX_new();
	s->encrypts = encrypt;
	bool ok = s->run && EVP_CipherInit_ex(s->run, mode(s->alg), NULL, s->key, s->param.IV, encrypt) &&
		EVP_CIPHER_CTX_set_padding(s->run, s->param.PaddingType == 1);
	return ok ? SAR_OK : SAR_FAIL;
}

static ULONG crypt_init(struct call *c, HANDLE h, const BLOCKCIPHERPARAM *param, bool encrypt)
{
	struct handle *key = use(c, h, KEY);
	if (!key)
		return c->answer;
	if (param->PaddingType > 1 || (key->cipher->alg != SGD_SM4_ECB && param->IVLen != BLOCK))
		return SAR_INVALIDPARAMERR;
	key->cipher->param = *param;
	return begin(key->cipher, encrypt);
}

ULONG SKF_EncryptInit(HANDLE hKey, BLOCKCIPHERPARAM param) { RUN(crypt_init(c, hKey, &param, true)); }
ULONG SKF_DecryptInit(HANDLE hKey, BLOCKCIPHERPARAM param) { RUN(crypt_init(c, hKey, &param, false)); }

enum part { WHOLE, UPDATE, FINAL };

/* crypt does the whole of it, a part or the end. A buffer must have room for one
   block more than the input: the exact length of padding is known only after. */
static ULONG crypt(struct call *c, HANDLE h, bool encrypt, enum part part, const BYTE *in, ULONG n, BYTE *out, ULONG *len)
{
	struct handle *key = use(c, h, KEY);
	int done = 0, rest = 0;
	if (!key)
		return c->answer;
	struct cipher *s = key->cipher;
	if (!s->run || s->encrypts != encrypt)
		return SAR_NOTINITIALIZEERR;
	if (!len || (n && !in) || n > MAX_FILE * 8)
		return SAR_INVALIDPARAMERR;
	bool grows = part != WHOLE || (encrypt && s->param.PaddingType == 1);
	size_t most = (size_t)n + (grows ? BLOCK : 0);
	if (!out)
		return put(c, NULL, most, NULL, len);
	uint8_t *result = malloc(most + 2 * BLOCK);
	if (!result)
		return SAR_MEMORYERR;
	ULONG answer = SAR_OK;
	if (part == WHOLE)
		answer = begin(s, encrypt);
	if (!answer && part != FINAL && EVP_CipherUpdate(s->run, result, &done, in, (int)n) != 1)
		answer = SAR_FAIL;
	if (!answer && part != UPDATE && EVP_CipherFinal_ex(s->run, result + done, &rest) != 1)
		answer = encrypt ? SAR_INDATALENERR : SAR_DECRYPTPADERR;
	if (!answer)
		answer = put(c, result, (size_t)(done + rest), out, len);
	if (part == FINAL) {
		EVP_CIPHER_CTX_free(s->run);
		s->run = NULL;
	}
	OPENSSL_cleanse(result, most + 2 * BLOCK);
	free(result);
	return answer;
}

ULONG SKF_Encrypt(HANDLE hKey, BYTE *pbData, ULONG ulDataLen, BYTE *pbOut, ULONG *pulOutLen) { RUN(crypt(c, hKey, true, WHOLE, pbData, ulDataLen, pbOut, pulOutLen)); }
ULONG SKF_EncryptUpdate(HANDLE hKey, BYTE *pbData, ULONG ulDataLen, BYTE *pbOut, ULONG *pulOutLen) { RUN(crypt(c, hKey, true, UPDATE, pbData, ulDataLen, pbOut, pulOutLen)); }
ULONG SKF_EncryptFinal(HANDLE hKey, BYTE *pbOut, ULONG *pulOutLen) { RUN(crypt(c, hKey, true, FINAL, NULL, 0, pbOut, pulOutLen)); }
ULONG SKF_Decrypt(HANDLE hKey, BYTE *pbData, ULONG ulDataLen, BYTE *pbOut, ULONG *pulOutLen) { RUN(crypt(c, hKey, false, WHOLE, pbData, ulDataLen, pbOut, pulOutLen)); }
ULONG SKF_DecryptUpdate(HANDLE hKey, BYTE *pbData, ULONG ulDataLen, BYTE *pbOut, ULONG *pulOutLen) { RUN(crypt(c, hKey, false, UPDATE, pbData, ulDataLen, pbOut, pulOutLen)); }
ULONG SKF_DecryptFinal(HANDLE hKey, BYTE *pbOut, ULONG *pulOutLen) { RUN(crypt(c, hKey, false, FINAL, NULL, 0, pbOut, pulOutLen)); }

static ULONG digest_init(struct call *c, DEVHANDLE h, ULONG alg, const ECCPUBLICKEYBLOB *key, const BYTE *id, ULONG n, HANDLE *out)
{
	struct handle *dev = use(c, h, DEVICE);
	struct pair p;
	uint8_t z[32];
	if (!dev)
		return c->answer;
	if (alg != SGD_SM3)
		return SAR_NOTSUPPORTYETERR;
	bool with_z = key && n;
	if (!out || (with_z && (!id || n >= 8192 || !sm2_public(key, &p))))
		return SAR_INVALIDPARAMERR;
	struct handle *hash = open_cipher(HASH, dev);
	if (!hash || !(hash->cipher->hash = EVP_MD_CTX_new()))
		return SAR_MEMORYERR;
	bool ok = EVP_DigestInit_ex(hash->cipher->hash, EVP_sm3(), NULL) && (!with_z || (sm3_z(&p, id, n, z) && EVP_DigestUpdate(hash->cipher->hash, z, 32)));
	return ok ? hand_out(c, hash, out) : SAR_HASHERR;
}

ULONG SKF_DigestInit(DEVHANDLE hDev, ULONG ulAlgID, ECCPUBLICKEYBLOB *pPubKey, BYTE *pbID, ULONG ulIDLen, HANDLE *phHash)
{
	RUN(digest_init(c, hDev, ulAlgID, pPubKey, pbID, ulIDLen, phHash));
}

static ULONG digest(struct call *c, HANDLE h, enum part part, const BYTE *data, ULONG n, BYTE *out, ULONG *len)
{
	struct handle *hash = use(c, h, HASH);
	uint8_t value[32];
	if (!hash)
		return c->answer;
	if (n && !data)
		return SAR_INVALIDPARAMERR;
	if (part != UPDATE && (!len || !out || *len < sizeof value))
		return put(c, value, sizeof value, out, len); /* the answer is no; nothing was hashed */
	if (EVP_DigestUpdate(hash->cipher->hash, data, n) != 1)
		return SAR_HASHERR;
	if (part == UPDATE)
		return SAR_OK;
	return EVP_DigestFinal_ex(hash->cipher->hash, value, NULL) == 1 ? put(c, value, sizeof value, out, len) : SAR_HASHERR;
}

ULONG SKF_Digest(HANDLE hHash, BYTE *pbData, ULONG ulDataLen, BYTE *pbHash, ULONG *pulHashLen) { RUN(digest(c, hHash, WHOLE, pbData, ulDataLen, pbHash, pulHashLen)); }
ULONG SKF_DigestUpdate(HANDLE hHash, BYTE *pbData, ULONG ulDataLen) { RUN(digest(c, hHash, UPDATE, pbData, ulDataLen, NULL, NULL)); }
ULONG SKF_DigestFinal(HANDLE hHash, BYTE *pbHash, ULONG *pulHashLen) { RUN(digest(c, hHash, FINAL, NULL, 0, pbHash, pulHashLen)); }

static ULONG mac_init(struct call *c, HANDLE h, const BLOCKCIPHERPARAM *param, HANDLE *out)
{
	struct handle *key = use(c, h, KEY);
	if (!key)
		return c->answer;
	if (!param || !out || param->IVLen != BLOCK || param->PaddingType != 0)
		return SAR_INVALIDPARAMERR;
	struct handle *mac = open_cipher(MAC, key);
	if (!mac)
		return SAR_MEMORYERR;
	mac->cipher->alg = SGD_SM4_MAC;
	memcpy(mac->cipher->key, key->cipher->key, sizeof mac->cipher->key);
	mac->cipher->param = *param;
	ULONG answer = begin(mac->cipher, true);
	return answer ? answer : hand_out(c, mac, out);
}

ULONG SKF_MacInit(HANDLE hKey, BLOCKCIPHERPARAM *pParam, HANDLE *phMac) { RUN(mac_init(c, hKey, pParam, phMac)); }

/* mac takes whole blocks. */
static ULONG mac(struct call *c, HANDLE h, enum part part, const BYTE *data, ULONG n, BYTE *out, ULONG *len)
{
	struct handle *m = use(c, h, MAC);
	uint8_t block[BLOCK];
	int done;
	if (!m)
		return c->answer;
	if (n % BLOCK || (n && !data))
		return SAR_INDATALENERR;
	if (part != UPDATE && (!len || !out || *len < BLOCK))
		return put(c, m->cipher->last, BLOCK, out, len);
	for (ULONG i = 0; i < n; i += BLOCK) {
		if (EVP_CipherUpdate(m->cipher->run, block, &done, data + i, BLOCK) != 1)
			return SAR_FAIL;
		memcpy(m->cipher->last, block, BLOCK);
	}
	return part == UPDATE ? SAR_OK : put(c, m->cipher->last, BLOCK, out, len);
}

ULONG SKF_Mac(HANDLE hMac, BYTE *pbData, ULONG ulDataLen, BYTE *pbMac, ULONG *pulMacLen) { RUN(mac(c, hMac, WHOLE, pbData, ulDataLen, pbMac, pulMacLen)); }
ULONG SKF_MacUpdate(HANDLE hMac, BYTE *pbData, ULONG ulDataLen) { RUN(mac(c, hMac, UPDATE, pbData, ulDataLen, NULL, NULL)); }
ULONG SKF_MacFinal(HANDLE hMac, BYTE *pbMac, ULONG *pulMacLen) { RUN(mac(c, hMac, FINAL, NULL, 0, pbMac, pulMacLen)); }

ULONG SKF_CloseHandle(HANDLE hHandle) { RUN(close_handle(c, hHandle, KEY, MAC)); }
